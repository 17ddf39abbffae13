/* Files that hold a root in another way than a tar or an image does, by their first bytes: to say
 * what they are, and how to make one of those of them. */
#ifndef IMAGE_FOREIGN_H
#define IMAGE_FOREIGN_H

#include "image/media.h"

#include <mkroot/error.h>

#include <stdbool.h>

/* Looks into `fd`, through its compression. False: it is a tar, or may be one that is damaged; who
 * unpacks that says more. Else *ret_what is what it is, "a cpio archive". */
bool is_foreign(const char **ret_what, int fd, enum image_filter filter);

/* What to do with one, `path`. */
void foreign_hint(const char *what, const char *path, struct mkr_error *err);

#endif
