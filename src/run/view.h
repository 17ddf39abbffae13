/* What the new root can be made of: looked up before anything is set up, changing nothing. */
#ifndef RUN_VIEW_H
#define RUN_VIEW_H

#include "base/vec.h"
#include "run/host_file.h"

#include <mkroot/image.h>
#include <mkroot/run.h>

#include <sys/types.h>

enum view_kind {
	VIEW_ARCHIVE, /* unpacked into a tmpfs, which is the root */
	VIEW_DIRECT, /* the folder itself is the root: it has all folders that are mounted on */
	VIEW_SKELETON, /* a tmpfs is the root, what the folder holds is bound into it */
	VIEW_OVERLAY, /* the folder below, changes above it */
};

struct view_entry {
	const char *name;
	const char *target; /* of a symbolic link, else NULL */
	bool is_dir;
};

/* Something that comes from outside, or a tmpfs. */
struct view_mount {
	const char *target; /* in the new root, without the leading slash */
	struct host_file *source; /* NULL: a tmpfs */
	const char *options; /* of a tmpfs */
	unsigned flags; /* op.h */
	bool replace; /* a link in its place gives way */
};

struct view_device {
	const char *target;
	struct host_file *source;
};

struct view {
	enum view_kind kind;
	mode_t mode; /* of the folder */
	VEC(struct view_entry) entries; /* of a skeleton, by name; without the mount points */
	VEC(struct view_mount) mounts; /* parents first, else as given */
	VEC(struct view_device) devices;
	VEC(struct host_file *) sources; /* all that are mounted */
	struct host_file *overlay; /* the folder that keeps the changes, or NULL */
	const char *tmpfs_options; /* of the tmpfs that is the root or above it: "size=N", NULL */
	int root_mount; /* of the folder, with other ids; made by the launcher, or -1 */
	bool only_look; /* nothing is made or locked */
	bool host_network; /* resolv.conf and hosts are the host's */
};

/* The folders in the root that get something of the launcher's own, without the slash. */
extern const char *const view_mount_points[]; /* ends with NULL */

/* `only_look`: for who starts nothing; the folder of changes is not made, and may be in use. */
int view_look(struct view *v, struct arena *arena, const struct mkr_image *img,
	const struct mkr_box *box, bool only_look, struct mkr_error *err);
void view_free(struct view *v);

/* What the options ask for (wishes.c). The kind is not known yet. */
int view_wishes(
	struct view *v, struct arena *arena, const struct mkr_box *box, struct mkr_error *err);

#endif
