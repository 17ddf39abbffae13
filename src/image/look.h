/* Is this tar a root, or does it hold an image? */
#ifndef IMAGE_LOOK_H
#define IMAGE_LOOK_H

#include "image/decode.h"

/* Reads members until one of them tells: "usr/", "etc/" ... are a root's, "blobs/", "manifest.json"
 * ... an image's. *ret_tar: there is a member at all; *ret_image: it is worth looking for an image
 * in it. */
int look_into_tar(
	bool *ret_tar, bool *ret_image, int fd, enum image_filter filter, struct mkr_error *err);

/* A file without a name, in /var/tmp or else in memory, that holds what is compressed in `fd`.
 * -EFBIG: over 64 GiB. */
int look_decompress(int fd, enum image_filter filter, struct mkr_error *err);

#endif
