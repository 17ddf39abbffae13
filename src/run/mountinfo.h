/* /proc/self/mountinfo as text; proc_pid_mountinfo(5). Pure. */
#ifndef RUN_MOUNTINFO_H
#define RUN_MOUNTINFO_H

#include "base/arena.h"
#include "base/str.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

/* One line; the texts are parts of it. */
struct mount_line {
	uint64_t id, parent;
	struct str root, point; /* escaped; the point has a "/" in front */
	struct str type; /* "ext4" */
	struct str options; /* of the file system */
};

bool mount_line_parse(struct mount_line *m, struct str line);

/* A root or point as a path: blanks, newlines and backslashes are octal in a line. */
const char *mount_path(struct arena *a, struct str escaped);

enum { MOUNTS_BELOW_MAX = 10000 };

struct mount_below {
	uint64_t id;
	const char *point, *type;
};

struct mounts_below {
	VEC(struct mount_below) list;
};

/* Adds the mounts below the mount `top`, at any depth. A line's parent comes before it: the kernel
 * lists a tree that was copied in the order of the copy. -EFBIG: more than MOUNTS_BELOW_MAX. */
int mounts_below(struct mounts_below *out, struct arena *a, const char *mountinfo, uint64_t top);

#endif
