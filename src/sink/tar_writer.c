#include "sink/tar_writer.h"

#include "sink/output.h"

#include <sys/stat.h>

/* Two blocks of zeros end it, and its size is a multiple of twenty (pax, "ustar Archive"). */
enum { TAIL = 2 * TAR_BLOCK, RECORD = 20 * TAR_BLOCK };

int tar_put(struct tar_writer *t, struct stream *s, const struct mkr_entry *e, int fd,
	struct mkr_error *err)
{
	int r = tar_header(&t->header, e, err);
	if (r == 0)
		r = stream_put(s, t->header.at, t->header.n, err);
	t->written += t->header.n;
	if (r < 0 || !S_ISREG(e->mode) || e->target)
		return r;
	t->written += e->size + tar_padding(e->size);
	r = output_content(s, e, fd, err);
	return r < 0 ? r : stream_zeros(s, tar_padding(e->size), err);
}

size_t tar_end_size(uint64_t written)
{
	return TAIL + (size_t)(RECORD - (written + TAIL) % RECORD) % RECORD;
}

int tar_end(struct tar_writer *t, struct stream *s, struct mkr_error *err)
{
	int r = stream_zeros(s, tar_end_size(t->written), err);
	t->written = 0;
	return r;
}

void tar_free_writer(struct tar_writer *t)
{
	vec_free(&t->header);
}
