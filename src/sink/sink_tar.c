#include "sink/sink.h"

#include "base/arena.h"
#include "sink/output.h"
#include "sink/tar_header.h"

/* Two blocks of zeros end it, and its size is a multiple of twenty (pax, "ustar Archive"). */
enum { RECORD = 20 * TAR_BLOCK };

struct tar {
	struct mkr_sink head;
	struct output out;
	tar_bytes header;
	uint64_t written; /* before compression */
};

static void tar_free(struct mkr_sink *sink)
{
	struct tar *t = (struct tar *)sink;
	output_close(&t->out);
	vec_free(&t->header);
	free(t);
}

static int tar_open(struct mkr_sink **out, const struct sink_args *args, struct mkr_error *err)
{
	struct tar *t = calloc(1, sizeof(*t));
	if (!t)
		out_of_memory();
	t->head.args = args;
	int r = output_open(&t->out, args, false, err);
	if (r < 0) {
		free(t);
		return r;
	}
	*out = &t->head;
	return 0;
}

static int tar_entry(
	struct mkr_sink *sink, const struct mkr_entry *e, int fd, struct mkr_error *err)
{
	struct tar *t = (struct tar *)sink;
	int r = tar_header(&t->header, e, err);
	if (r == 0)
		r = stream_put(t->out.stream, t->header.at, t->header.n, err);
	t->written += t->header.n;
	if (r < 0 || !S_ISREG(e->mode) || e->target)
		return r;
	t->written += e->size + tar_padding(e->size);
	r = output_content(&t->out, e, fd, err);
	return r < 0 ? r : stream_zeros(t->out.stream, tar_padding(e->size), err);
}

static int tar_commit(struct mkr_sink *sink, struct mkr_error *err)
{
	struct tar *t = (struct tar *)sink;
	const size_t tail = (size_t)2 * TAR_BLOCK;
	size_t end = tail + (size_t)(RECORD - (t->written + tail) % RECORD) % RECORD;
	int r = stream_zeros(t->out.stream, end, err);
	return r < 0 ? r : output_commit(&t->out, sink->args, err);
}

const struct mkr_sink_ops sink_tar = {
	.name = "tar",
	.suffixes = (const char *const[]){ ".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.zst", NULL },
	.help = (const char *const
			[]){ "x.tar x.tar.gz (x.tgz) x.tar.xz x.tar.zst tar:PATH  a tar archive",
		"-                                                   a tar on standard output",
		NULL },
	.takes_stdout = true,
	.same_bytes = true,
	.check = output_check,
	.open = tar_open,
	.entry = tar_entry,
	.commit = tar_commit,
	.free = tar_free,
};
