#include "image/layer.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "image/digest.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>

struct layer {
	const struct mkr_image_layer *layer;
	uint64_t at, end; /* in the file */
	struct sha256_ctx blob, diff;
	struct archive *bytes; /* the decompressor; NULL: none */
	struct archive *tar;
	bool ended; /* no more bytes of the tar */
	char buffer[READ_SIZE];
};

static la_ssize_t read_blob(struct archive *a, void *ctx, const void **ret)
{
	struct layer *s = ctx;
	uint64_t left = s->end - s->at;
	size_t want = left < sizeof(s->buffer) ? (size_t)left : sizeof(s->buffer);
	ssize_t n;
	if (want == 0)
		return 0;
	do
		n = pread(s->layer->fd, s->buffer, want, (off_t)s->at);
	while (n < 0 && errno == EINTR);
	if (n <= 0) {
		archive_set_error(a, n < 0 ? errno : EIO, "%s",
			n < 0 ? "cannot read the blob" : "the blob is cut off");
		return -1;
	}
	s->at += (uint64_t)n;
	sha256_update(&s->blob, (size_t)n, (const uint8_t *)s->buffer);
	*ret = s->buffer;
	return n;
}

/* The decompressor's blocks follow each other: it has no holes. */
static la_ssize_t read_tar(struct archive *a, void *ctx, const void **ret)
{
	struct layer *s = ctx;
	size_t n = 0;
	if (!s->bytes) {
		la_ssize_t got = read_blob(a, ctx, ret);
		if (got > 0)
			sha256_update(&s->diff, (size_t)got, *ret);
		return got;
	}
	while (n == 0) {
		la_int64_t at;
		int r = s->ended ? ARCHIVE_EOF : archive_read_data_block(s->bytes, ret, &n, &at);
		s->ended |= r == ARCHIVE_EOF;
		if (r == ARCHIVE_EOF)
			return 0;
		if (r != ARCHIVE_OK) {
			const char *why = archive_error_string(s->bytes);
			archive_set_error(a, EIO, "%s", why ? why : "damaged");
			return -1;
		}
	}
	sha256_update(&s->diff, n, *ret);
	return (la_ssize_t)n;
}

static int open_bytes(struct layer *s, enum image_filter filter, struct mkr_error *err)
{
	struct archive_entry *entry;
	if (filter == FILTER_NONE)
		return 0;
	/* libarchive hands on what is no compressed stream as it is. */
	unsigned char head[8];
	size_t want = s->layer->size < sizeof(head) ? (size_t)s->layer->size : sizeof(head);
	ssize_t n = pread(s->layer->fd, head, want, (off_t)s->layer->offset);
	if (n < 0)
		return mkr_fail(err, -errno, "cannot read the blob");
	if (filter_of(head, (size_t)n) != filter)
		return mkr_failx(
			err, -EBADMSG, "it is not compressed as '%s' says", s->layer->media_type);
	int r = decode_new(&s->bytes, filter, false, err);
	if (r < 0)
		return r;
	if (archive_read_open(s->bytes, s, NULL, read_blob, NULL) != ARCHIVE_OK)
		return decode_failed(s->bytes, err);
	r = archive_read_next_header(s->bytes, &entry);
	s->ended = r == ARCHIVE_EOF;
	return r == ARCHIVE_OK || s->ended ? 0 : decode_failed(s->bytes, err);
}

int layer_open_bytes(struct layer **out, const struct mkr_image_layer *layer,
	enum image_filter filter, struct mkr_error *err)
{
	struct layer *s = malloc(sizeof(*s));
	if (!s)
		out_of_memory();
	s->layer = layer;
	s->at = layer->offset;
	s->end = layer->offset + layer->size;
	s->bytes = s->tar = NULL;
	s->ended = false;
	sha256_init(&s->blob);
	sha256_init(&s->diff);
	int r = open_bytes(s, filter, err);
	/* Until it is opened it does no more than hold the words of errors. */
	if (r == 0)
		r = decode_new(&s->tar, FILTER_NONE, true, err);
	if (r < 0)
		layer_free(s);
	else
		*out = s;
	return r;
}

int layer_open(struct layer **out, struct archive **ret_tar, const struct mkr_image_layer *layer,
	enum image_filter filter, struct mkr_error *err)
{
	struct layer *s;
	int r = layer_open_bytes(&s, layer, filter, err);
	if (r < 0)
		return r;
	if (archive_read_support_format_empty(s->tar) != ARCHIVE_OK ||
		archive_read_open(s->tar, s, NULL, read_tar, NULL) != ARCHIVE_OK) {
		r = decode_failed(s->tar, err);
		layer_free(s);
		return r;
	}
	*ret_tar = s->tar;
	*out = s;
	return 0;
}

ssize_t layer_read(struct layer *s, const void **ret, struct mkr_error *err)
{
	la_ssize_t n = read_tar(s->tar, s, ret);
	return n < 0 ? decode_failed(s->tar, err) : n;
}

void layer_free(struct layer *s)
{
	if (!s)
		return;
	archive_read_free(s->tar);
	archive_read_free(s->bytes);
	free(s);
}

static int compare(
	struct sha256_ctx *ctx, const char *want, const char *what, struct mkr_error *err)
{
	char got[DIGEST_TEXT];
	digest_end(ctx, got);
	if (!want || strcmp(got, want) == 0)
		return 0;
	return mkr_failx(err, -EBADMSG, "its %s is %s, not %s", what, got, want);
}

int layer_finish(struct layer *s, struct mkr_error *err)
{
	const void *block;
	la_ssize_t n;
	while ((n = read_tar(s->tar, s, &block)) > 0)
		;
	/* Behind the end of a compressed stream there may be more, which counts for the digest. */
	while (n == 0 && s->bytes && (n = read_blob(s->tar, s, &block)) > 0)
		n = 0;
	if (n < 0)
		return decode_failed(s->tar, err);
	int r = compare(&s->blob, s->layer->digest, "digest", err);
	return r == 0 ? compare(&s->diff, s->layer->diff_id, "diff_id", err) : r;
}
