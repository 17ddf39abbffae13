/* All members of an archive. */
#ifndef IMAGE_UNPACK_H
#define IMAGE_UNPACK_H

#include "image/image.h"
#include "image/member.h"

int unpack_members(struct archive *a, struct unpack *u, struct mkr_error *err);

/* As mkr_image_unpack(); aside: NULL, or what is told of each file. */
int unpack_into(const struct mkr_image *img, int dirfd, enum mkr_owners owners, struct aside *aside,
	struct mkr_error *err);

/* The layers, one on the other, and the WorkingDir. */
int layers_unpack(const struct mkr_image *img, struct unpack *u, struct mkr_error *err);

#endif
