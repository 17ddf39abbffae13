/* What the new root can be made of: looked up before anything is set up, changing nothing. */
#ifndef RUN_VIEW_H
#define RUN_VIEW_H

#include "base/vec.h"

#include <mkroot/image.h>

#include <sys/types.h>

enum view_kind {
	VIEW_ARCHIVE, /* unpacked into a tmpfs, which is the root */
	VIEW_DIRECT, /* the folder itself is the root: it has all folders that are mounted on */
	VIEW_SKELETON, /* a tmpfs is the root, what the folder holds is bound into it */
};

struct view_entry {
	const char *name;
	const char *target; /* of a symbolic link, else NULL */
	bool is_dir;
};

struct view {
	enum view_kind kind;
	mode_t mode; /* of the folder */
	VEC(struct view_entry) entries; /* of a skeleton, by name; without the mount points */
};

/* The folders in the root that get something of the launcher's own, without the slash. */
extern const char *const view_mount_points[]; /* ends with NULL */

int view_look(
	struct view *v, struct arena *arena, const struct mkr_image *img, struct mkr_error *err);
void view_free(struct view *v);

#endif
