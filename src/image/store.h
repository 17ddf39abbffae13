/* Where the blobs of an image are: files below a layout's folder, or members of a tar, found by
 * their offset. Nothing is unpacked. */
#ifndef IMAGE_STORE_H
#define IMAGE_STORE_H

#include "base/arena.h"
#include "base/vec.h"

#include <mkroot/error.h>

#include <stdbool.h>
#include <stdint.h>

struct stored; /* one member of an archive */

struct store {
	int dir; /* the layout's folder (borrowed), or -1 */
	int fd; /* the archive, uncompressed (borrowed) */
	struct arena *arena; /* borrowed */
	struct stored *members; /* a hash map */
	VEC(int) opened;
};

struct blob {
	int fd; /* the store's */
	uint64_t at, size; /* bytes */
};

void store_of_dir(struct store *s, struct arena *arena, int dir);

/* Reads all headers of an uncompressed tar, from which the data is skipped. -EFBIG: over 65536
 * members. */
int store_of_tar(struct store *s, struct arena *arena, int fd, struct mkr_error *err);

void store_close(struct store *s);

/* `name` is a path inside the layout. Links are followed in it, and lead no further. -ENOENT. */
int store_find(struct store *s, const char *name, struct blob *out, struct mkr_error *err);
bool store_has(struct store *s, const char *name);

/* The whole blob in the arena, with a NUL behind it. -EFBIG: over `limit` bytes. */
int store_read(struct store *s, const struct blob *b, size_t limit, const char **ret_text,
	struct mkr_error *err);

#endif
