/* Which of the images in one place is meant. */
#ifndef IMAGE_PICK_H
#define IMAGE_PICK_H

#include "image/documents.h"

/* What an image is wanted for, as GOARCH and GOARM name it; NULL: not known, any. */
struct wanted {
	const char *machine, *variant;
};

/* One entry of index.json, by its tag (NULL: there has to be one alone); entries with that tag, or
 * without any, that differ are platforms of one image. -ENOENT, -EINVAL: the detail lists the tags.
 */
int pick_tag(const struct descriptor **out, const struct descriptors *index, const char *tag,
	const struct wanted *wanted, struct arena *a, struct mkr_error *err);

/* One entry of an index of platforms: linux on the machine. The only one is
 * taken whatever it is for. -ENOENT: the detail lists the platforms. */
int pick_platform(const struct descriptor **out, const struct descriptors *index,
	const struct wanted *wanted, struct mkr_error *err);

/* The same by a tag in a docker-archive's manifest.json. */
int pick_saved(const struct saved_image **out, const struct saved_images *images, const char *tag,
	struct mkr_error *err);

/* GOARCH's name for what uname(2) calls the machine; NULL: not known. */
const char *pick_goarch(const char *machine);

#endif
