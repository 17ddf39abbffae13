/* Path resolution component by component, inside a directory that is taken for "/". */
#ifndef OS_WALK_H
#define OS_WALK_H

#include <mkroot/root.h>

/* Resolves `path` below rootfd; calls `each` (may be NULL) for all that is crossed, see
 * mkr_root_walk(). Returns an O_PATH descriptor of what path names, or -errno. err is set only by
 * `each`. */
int walk_path(int rootfd, const char *path, bool follow_last, mkr_step_fn *each, void *ctx,
	struct mkr_error *err);

#endif
