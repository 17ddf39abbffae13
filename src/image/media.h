/* Media types of images: the OCI's and docker's names for the same things. */
#ifndef IMAGE_MEDIA_H
#define IMAGE_MEDIA_H

enum media { MEDIA_UNKNOWN, MEDIA_INDEX, MEDIA_MANIFEST, MEDIA_CONFIG, MEDIA_LAYER, MEDIA_FOREIGN };

enum image_filter { FILTER_NONE, FILTER_GZIP, FILTER_XZ, FILTER_ZSTD, FILTER_BZIP2 };

/* *ret_filter is set for a MEDIA_LAYER. A MEDIA_FOREIGN is a layer that may not be handed on, and
 * is mostly not in the image. */
enum media media_look_up(const char *type, enum image_filter *ret_filter);

/* The OCI's name for a layer; NULL: none for that compression. */
const char *media_of_layer(enum image_filter filter);

/* "gzip", "zstd", "none": of a layer. */
const char *media_compression(enum image_filter filter);

#endif
