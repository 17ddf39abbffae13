#include "sink/store.h"

#include "base/arena.h"
#include "base/hex.h"

#include <nettle/sha2.h>

const char layout_file[] = "{\"imageLayoutVersion\":\"1.0.0\"}";

int store_put(struct store *s, const void *data, size_t n, struct stream_digest *ret,
	struct mkr_error *err)
{
	struct sha256_ctx sha256;
	sha256_init(&sha256);
	sha256_update(&sha256, n, data);
	ret->size = n;
	sha256_digest(&sha256, sizeof(ret->sha256), ret->sha256);
	int fd;
	int r = s->ops->begin(s, &fd, err);
	if (r < 0)
		return r;
	r = write_all(fd, data, n);
	if (r < 0)
		return mkr_fail(err, r, "cannot write '%s'", s->args->path);
	return s->ops->end(s, ret, err);
}

void digest_hex(char out[static HEX_MAX], const struct stream_digest *digest)
{
	hex_digits(out, digest->sha256, sizeof(digest->sha256));
}

char *json_canonical(const json_t *value)
{
	char *text = json_dumps(value, JSON_SORT_KEYS | JSON_COMPACT);
	if (!text)
		out_of_memory();
	return text;
}

json_t *index_new(void)
{
	return json_pack("{s:i, s:s, s:[]}", "schemaVersion", 2, "mediaType",
		"application/vnd.oci.image.index.v1+json", "manifests");
}
