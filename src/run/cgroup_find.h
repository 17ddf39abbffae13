/* Where this process is in the machine's cgroup hierarchies (cgroups(7)): one for all on v2, one
 * for each controller or few on v1, both on a hybrid. */
#ifndef RUN_CGROUP_FIND_H
#define RUN_CGROUP_FIND_H

#include "base/arena.h"
#include "base/vec.h"

#include <mkroot/error.h>

#include <stdbool.h>

enum controller { CTL_MEMORY, CTL_CPU, CTL_CPUSET, CTL_PIDS, CTL_IO, CTL_DEVICES, CTL_COUNT };

/* What v1 and v2 call it. */
const char *controller_name(enum controller c, bool v2);

struct hierarchy {
	bool v2;
	unsigned controllers; /* 1 << enum controller; on v2 that is for its files to say */
	const char *top; /* its root, as far as it can be seen here */
	const char *own; /* this process' folder below it; NULL: it is outside of what is seen */
};

struct hierarchies {
	VEC(struct hierarchy) list;
};

/* From the texts of /proc/self/mountinfo and /proc/self/cgroup. A hierarchy that is not mounted is
 * left out. */
void hierarchies_parse(
	struct hierarchies *h, struct arena *arena, const char *mountinfo, const char *cgroup);

/* Reads these two. */
int hierarchies_find(struct hierarchies *h, struct arena *arena, struct mkr_error *err);

#endif
