/* The cgroup that holds a box's limits: made before the box, removed after it. It has one folder of
 * the name mkroot-PID-START in each hierarchy that is needed; PID and START are the launcher's. */
#ifndef RUN_CGROUP_H
#define RUN_CGROUP_H

#include "run/devices.h"
#include "run/limits.h"

#include <stdbool.h>

struct cgroup;

/* Makes the folders and sets what is limited; nothing is left behind on failure, which names the
 * controller that is missing and why. -ENOLINK: there is one, but none that the caller may use.
 * devices: NULL, or the rules to set; that they cannot be set fails only when `devices_must`. */
int cgroup_make(struct cgroup **out, const struct mkr_limits *limits,
	const struct device_rules *devices, bool devices_must, struct mkr_error *err);

/* True when the rules for devices are set. NULL: they are not. */
bool cgroup_holds_devices(const struct cgroup *cg);

/* The folder for CLONE_INTO_CGROUP, or -1. */
int cgroup_v2_folder(const struct cgroup *cg);

/* Moves the calling process in; `into_v2`: it was born in the v2 folder. Uses no heap. */
int cgroup_join(const struct cgroup *cg, bool into_v2, struct mkr_error *err);

/* How many processes in it the kernel has killed because they ran out of memory. */
unsigned cgroup_oom_kills(const struct cgroup *cg);

/* Ends what still runs in it and removes it. NULL: nothing. */
void cgroup_free(struct cgroup *cg);

#endif
