/* A box's folder in one hierarchy. */
#ifndef RUN_CGROUP_PLACE_H
#define RUN_CGROUP_PLACE_H

#include "run/cgroup_find.h"

struct place {
	bool v2;
	unsigned controllers; /* what it was made for */
	int above; /* the folder it is in */
	int group; /* has the limits */
	int inner; /* the one in it that the box is in; -1: not made yet */
	int procs; /* cgroup.procs of that one, or else of `group`, open for writing */
	const char *name;
	const char *path; /* for messages */
};

/* Makes it below our own group, which holds us and everybody else here to the same limits as ever.
 * On v2 only a group without processes can hand controllers on (except for the root): the nearest
 * one above that has them is taken then. What fails leaves nothing. -ENOLINK: not allowed. */
int place_make_v1(struct place *p, struct arena *arena, const struct hierarchy *h, const char *name,
	struct mkr_error *err);
int place_make_v2(struct place *p, struct arena *arena, const struct hierarchy *h, const char *name,
	struct mkr_error *err);

/* v1's cpuset of `group`, where there is one, gets all that the group above may use. */
int cpuset_fill(int group, int above, struct arena *arena);

/* Ends what still runs in it, removes it and closes. */
void place_remove(struct place *p);

/* rmdir(2) for a group and the groups that were made in it. 0, or -errno. */
int group_rmdir(int above, const char *name, int depth);

#endif
