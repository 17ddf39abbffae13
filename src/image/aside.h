/* What an archive says of its files, kept beside the unpacked ones: a caller that is not root
 * cannot give them away, make devices or set capabilities, and everybody's result shall be the
 * same. */
#ifndef IMAGE_ASIDE_H
#define IMAGE_ASIDE_H

#include "image/meta.h"

#include <mkroot/image.h>

#include <sys/stat.h>

struct aside;

struct aside *aside_new(void);
void aside_free(struct aside *a); /* NULL: nothing */

/* Of the file that is now there; what an earlier one with its inode number was is forgotten.
 * -EFBIG: there is too much of it. */
int aside_note(struct aside *a, const struct stat *st, const struct meta *m,
	struct archive_entry *entry, struct mkr_error *err);

/* A folder that the archive says nothing of has this inode number now. */
void aside_forget(struct aside *a, uint64_t ino);

/* NULL: nothing is known of it. */
const struct mkr_stored *aside_find(const struct aside *a, uint64_t ino);

#endif
