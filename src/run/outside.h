/* What the launcher does for the box from outside: ids and mounts that need rights there, and the
 * root's last reader. */
#ifndef RUN_OUTSIDE_H
#define RUN_OUTSIDE_H

#include "run/idmap.h"
#include "run/view.h"

/* The launcher's half: sets up the ids of `pid`, copies the mounts that are to be seen with other
 * owners, and hands them over. */
int outside_help(const struct idmap *ids, struct view *view, const struct mkr_image *img, pid_t pid,
	int link, struct mkr_error *err);

/* The box's half: waits for that. The ids are there afterwards, and are to be taken. */
int outside_wait(const struct idmap *ids, struct view *view, int link, struct mkr_error *err);

/* Whether the root will be one that mkr_box.ended() can read. */
int outside_can_end(const struct mkr_box *box, const struct view *view, const struct idmap *ids,
	struct mkr_error *err);

/* mkr_box.ended(), where the root's owners are to be read as the box has them: `userns` is its user
 * namespace, or -1. */
int outside_ended(const struct mkr_box *box, int rootfd, int userns, const char *const *made,
	struct mkr_error *err);

#endif
