#include "sink/base_layers.h"

#include "base/arena.h"
#include "base/cleanup.h"

#include <errno.h>
#include <nettle/sha2.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER = 256 * 1024 };

const char *layer_type_of(const char *compression)
{
	/* image-spec, layer.md, "+gzip and +zstd Media Types" */
	if (strcmp(compression, "gzip") == 0)
		return "application/vnd.oci.image.layer.v1.tar+gzip";
	if (strcmp(compression, "zstd") == 0)
		return "application/vnd.oci.image.layer.v1.tar+zstd";
	return "application/vnd.oci.image.layer.v1.tar";
}

/* RFC 3339, section 5.6. */
int64_t created_of(const json_t *config)
{
	const char *text = json_text(config, "created");
	struct tm tm = { 0 }, zone = { 0 };
	text = text ? strptime(text, "%Y-%m-%dT%H:%M:%S", &tm) : NULL;
	if (!text)
		return INT64_MIN;
	int64_t seconds = timegm(&tm);
	text += strspn(text, ".0123456789");
	if ((*text != '+' && *text != '-') || !strptime(text + 1, "%H:%M", &zone))
		return seconds;
	int64_t ahead = zone.tm_hour * 3600 + zone.tm_min * 60;
	return *text == '+' ? seconds - ahead : seconds + ahead;
}

static const struct mkr_image_layer *layer_of(const struct sink_args *args, size_t i)
{
	size_t n;
	return &mkr_image_layers(args->to->image->base, &n)[i];
}

static unsigned hex_value(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* "sha256:" and digits in lower case, which the reader has looked at. */
static void digest_from(struct stream_digest *out, const char *text)
{
	const char *hex = text + strlen("sha256:");
	for (size_t i = 0; i < sizeof(out->sha256); i++)
		out->sha256[i] =
			(unsigned char)(hex_value(hex[2 * i]) << 4 | hex_value(hex[2 * i + 1]));
}

static int bad_digest(
	size_t i, const char *want, const struct stream_digest *is, struct mkr_error *err)
{
	char hex[HEX_MAX];
	digest_hex(hex, is);
	return mkr_failx(
		err, -EBADMSG, "layer %zu: its digest is sha256:%s, not %s", i + 1, hex, want);
}

static int copy_blob(const struct mkr_image_layer *l, int to, struct stream_digest *ret,
	const struct sink_args *args, struct mkr_error *err)
{
	struct sha256_ctx sha256;
	cleanup_free char *buffer = malloc(BUFFER);
	if (!buffer)
		out_of_memory();
	sha256_init(&sha256);
	for (uint64_t at = 0; at < l->size;) {
		uint64_t left = l->size - at;
		ssize_t n = pread(l->fd, buffer, left < BUFFER ? (size_t)left : BUFFER,
			(off_t)(l->offset + at));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return mkr_fail(err, n < 0 ? -errno : -EIO, "cannot read the base");
		sha256_update(&sha256, (size_t)n, (const uint8_t *)buffer);
		int r = write_all(to, buffer, (size_t)n);
		if (r < 0)
			return mkr_fail(err, r, "cannot write '%s'", args->path);
		at += (uint64_t)n;
	}
	ret->size = l->size;
	sha256_digest(&sha256, sizeof(ret->sha256), ret->sha256);
	return 0;
}

struct pipe {
	struct stream *stream;
	struct mkr_error *err;
};

static int into_stream(void *ctx, const void *data, size_t n)
{
	const struct pipe *p = ctx;
	return stream_put(p->stream, data, n, p->err);
}

static int compress_again(struct layer_digests *ret, int to, const struct sink_args *args, size_t i,
	const char *suffix, struct mkr_error *err)
{
	struct stream_args how = {
		.name = args->path, .suffix = suffix, .to = args->to, .digests = true, .fd = to
	};
	struct pipe p = { .err = err };
	int r = stream_open(&p.stream, &how, err);
	if (r < 0)
		return r;
	r = mkr_image_layer_read(args->to->image->base, i, into_stream, &p, err);
	if (r == 0)
		r = stream_finish(p.stream, err);
	if (r == 0)
		stream_digests(p.stream, &ret->plain, &ret->packed);
	stream_free(p.stream);
	return r;
}

int base_layer_put(struct layer_digests *ret, struct store *store, const struct sink_args *args,
	size_t i, const char *suffix, struct mkr_error *err)
{
	const struct mkr_image_layer *l = layer_of(args, i);
	*ret = (struct layer_digests){ .type = layer_type_of(l->compression) };
	int fd, r = store->ops->begin(store, &fd, err);
	if (r == 0 && suffix)
		r = compress_again(ret, fd, args, i, suffix, err);
	else if (r == 0)
		r = copy_blob(l, fd, &ret->packed, args, err);
	if (r < 0)
		return r;
	struct stream_digest want = { 0 };
	if (!suffix && l->digest) {
		digest_from(&want, l->digest);
		if (memcmp(want.sha256, ret->packed.sha256, sizeof(want.sha256)) != 0)
			return bad_digest(i, l->digest, &ret->packed, err);
	}
	digest_from(&ret->plain, l->diff_id);
	return store->ops->end(store, &ret->packed, err);
}
