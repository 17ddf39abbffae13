#include "sink/tap.h"

#include "sink/source.h"

#include <errno.h>
#include <unistd.h>

enum { BUFFER = 64 * 1024 };

bool tap_wants_bytes(const struct tap *t)
{
	return t && t->to->record;
}

static void tell(const struct tap *t, uint64_t bytes)
{
	if (t->to->progress)
		t->to->progress(t->to->progress_ctx, t->files, bytes, t->path);
}

static void hash_init(struct tap *t)
{
	sha256_init(&t->sha256);
	if (t->wants_sha1)
		sha1_init(&t->sha1);
}

static void hash(struct tap *t, const void *data, size_t n)
{
	sha256_update(&t->sha256, n, data);
	if (t->wants_sha1)
		sha1_update(&t->sha1, n, data);
}

void tap_bytes(struct tap *t, const void *data, size_t n)
{
	if (!t)
		return;
	t->seen += n;
	if (t->to->record)
		hash(t, data, n);
	tell(t, t->bytes + t->seen);
}

void tap_count(const struct tap *t, uint64_t n)
{
	if (t)
		tell(t, t->bytes + n);
}

void tap_begin(struct tap *t, const struct mkr_entry *e)
{
	t->path = e->path;
	t->seen = 0;
	const struct mkr_record *record = t->to->record;
	t->wants_sha1 = record && record->wants_sha1 && record->wants_sha1(record->ctx, e);
	if (record)
		hash_init(t);
	tell(t, t->bytes);
}

static int read_source(struct tap *t, const struct mkr_entry *e, int fd, struct mkr_error *err)
{
	unsigned char buffer[BUFFER];
	hash_init(t);
	for (uint64_t at = 0; at < e->size;) {
		uint64_t left = e->size - at;
		ssize_t n = pread(fd, buffer, left < sizeof(buffer) ? (size_t)left : sizeof(buffer),
			(off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return mkr_fail(err, -errno, "cannot read '%s'", e->source);
		if (n == 0)
			return source_stale(e, err);
		hash(t, buffer, (size_t)n);
		at += (uint64_t)n;
		tell(t, t->bytes + at);
	}
	return 0;
}

int tap_end(struct tap *t, const struct mkr_entry *e, int fd, struct mkr_error *err)
{
	const struct mkr_record *record = t->to->record;
	bool content = S_ISREG(e->mode) && !e->target;
	struct mkr_digests digests = { .has_sha1 = t->wants_sha1 };
	if (record && content) {
		int r = fd >= 0 && t->seen != e->size ? read_source(t, e, fd, err) : 0;
		if (r < 0)
			return r;
		if (fd < 0)
			hash(t, e->data, e->size);
		sha256_digest(&t->sha256, sizeof(digests.sha256), digests.sha256);
		if (t->wants_sha1)
			sha1_digest(&t->sha1, sizeof(digests.sha1), digests.sha1);
	}
	if (record)
		record->entry(record->ctx, e, content ? &digests : NULL, fd);
	t->files++;
	t->bytes += content ? e->size : 0;
	return 0;
}

void tap_finish(struct tap *t)
{
	t->path = NULL;
	tell(t, t->bytes);
}
