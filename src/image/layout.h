/* Finds an image's manifest, config and layers in a store, each by its digest. */
#ifndef IMAGE_LAYOUT_H
#define IMAGE_LAYOUT_H

#include "image/image.h"

/* What makes a store an OCI layout, or what docker save writes. */
bool is_layout(struct store *s);
bool is_saved(struct store *s);

/* Fill what img knows of its layers and its config; tag: NULL for the only one. */
int layout_load(struct mkr_image *img, const char *tag, struct mkr_error *err);
int saved_load(struct mkr_image *img, const char *tag, struct mkr_error *err);

/* The config, which the blob must be; `digest` may be NULL where none is known. Its diff_ids have
 * to be as many as the layers. */
int config_load(
	struct mkr_image *img, const struct blob *b, const char *digest, struct mkr_error *err);

/* Room for n layers. */
void layers_make(struct mkr_image *img, size_t n);

#endif
