/* A layer as a stream: the blob's bytes are summed as they are read, and so are the tar's as they
 * come out of the decompressor. */
#ifndef IMAGE_LAYER_H
#define IMAGE_LAYER_H

#include "image/decode.h"

#include <mkroot/image.h>

#include <sys/types.h>

struct layer;

/* `layer` is borrowed. *ret_tar: a reader for its members, borrowed. */
int layer_open(struct layer **out, struct archive **ret_tar, const struct mkr_image_layer *layer,
	enum image_filter filter, struct mkr_error *err);

/* Without the reader: for layer_read(). */
int layer_open_bytes(struct layer **out, const struct mkr_image_layer *layer,
	enum image_filter filter, struct mkr_error *err);

/* The next bytes of the tar, borrowed until the next call. Returns how many, 0: there are no more;
 * or a negative errno. */
ssize_t layer_read(struct layer *s, const void **ret, struct mkr_error *err);

/* Reads what is left (a tar ends before its file does) and compares both digests. */
int layer_finish(struct layer *s, struct mkr_error *err);
void layer_free(struct layer *s); /* NULL: nothing */

#endif
