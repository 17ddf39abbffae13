/* What a member says of its file besides its bytes: owner, mode, time, extended attributes. */
#ifndef IMAGE_META_H
#define IMAGE_META_H

#include <mkroot/image.h>

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

struct archive_entry;

struct meta {
	uint32_t uid, gid;
	mode_t mode;
	struct timespec mtime;
	bool chown, has_mtime;
};

int meta_read(
	struct meta *m, struct archive_entry *entry, enum mkr_owners owners, struct mkr_error *err);

/* Gives an open file or folder all of it. */
int meta_apply(const struct meta *m, int fd, struct mkr_error *err);

/* The same by name for what cannot be opened: links and FIFOs; a link has no mode. */
int meta_apply_at(const struct meta *m, int parent, const char *name, struct mkr_error *err);

/* Is it one of those? */
bool meta_takes_xattr(const char *name);

/* Extended attributes that mean the same here as where they were stored. One that the file system
 * or the kernel does not take is left out. */
void meta_xattrs(struct archive_entry *entry, int fd);

#endif
