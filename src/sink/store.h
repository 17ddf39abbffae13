/* Where an image's blobs go: a folder with an OCI image layout, or an archive with one. */
#ifndef SINK_STORE_H
#define SINK_STORE_H

#include "sink/sink.h"
#include "sink/stream.h"

#include "base/json.h"

enum { HEX_MAX = 65 };

/* A store's own struct starts with this. */
struct store {
	const struct store_ops *ops;
	const struct sink_args *args;
	int64_t mtime; /* of an archive's members; seconds since 1970 */
};

struct store_ops {
	/* *fd: the next blob is written to it, from where it stands on; the store's. */
	int (*begin)(struct store *s, int *fd, struct mkr_error *err);
	int (*end)(struct store *s, const struct stream_digest *digest, struct mkr_error *err);
	/* Adds the image to the index, and gives all of it its name. `docker`: manifest.json, or
	 * NULL. */
	int (*commit)(struct store *s, const json_t *descriptor, const json_t *docker,
		struct mkr_error *err);
	void (*free)(struct store *s); /* not committed: leaves nothing behind */
};

int layout_open(struct store **out, const struct sink_args *args, struct mkr_error *err);
int archive_open(
	struct store **out, const struct sink_args *args, int64_t mtime, struct mkr_error *err);

/* Is the output a place for a layout? -EINVAL: a folder with something else in it; -EBADMSG,
 * -EFBIG: its index is no index. */
int layout_check(const struct sink_args *args, struct mkr_error *err);

/* A blob that is at hand. */
int store_put(struct store *s, const void *data, size_t n, struct stream_digest *ret,
	struct mkr_error *err);

void digest_hex(char out[static HEX_MAX], const struct stream_digest *digest);

/* As it is stored: sorted keys, no blanks, no newline. The caller frees it. */
char *json_canonical(const json_t *value);

/* The file that says that this is a layout. */
extern const char layout_file[];

/* An empty index. */
json_t *index_new(void);

#endif
