/* /proc/self/mountinfo as text; proc_pid_mountinfo(5). Pure. */
#ifndef RUN_MOUNTINFO_H
#define RUN_MOUNTINFO_H

#include "base/arena.h"
#include "base/vec.h"

#include <stdint.h>

enum { MOUNTS_BELOW_MAX = 10000 };

struct mount_line {
	uint64_t id, parent;
	const char *point; /* with a "/" in front */
	const char *type; /* "ext4" */
};

struct mount_lines {
	VEC(struct mount_line) list;
};

/* Adds the mounts below the mount `top`, at any depth. A line's parent comes before it: the kernel
 * lists a tree that was copied in the order of the copy. -EFBIG: more than MOUNTS_BELOW_MAX. */
int mounts_below(struct mount_lines *out, struct arena *a, const char *mountinfo, uint64_t top);

#endif
