/* The group that a box is in, inside of the one that has its limits. Who may mount cgroupfs
 * (CAP_SYS_ADMIN) has the root of his cgroup namespace before him, and may write to its files: this
 * group is all he sees, and the limits of the one around it hold for it (cgroups(7); on v1 a group
 * is given no device that the one above lacks, devcgroup_update_access() in
 * security/device_cgroup.c). */
#ifndef RUN_CGROUP_INNER_H
#define RUN_CGROUP_INNER_H

#include "run/cgroup_place.h"

/* To be made when the limits are set: it takes them over from there. */
int inner_make(struct place *p, struct arena *arena, struct mkr_error *err);

/* The controllers whose limits have to be set in here: blk-throttle knows no groups in groups on v1
 * (throtl_pd_init() in block/blk-throttle.c). */
unsigned inner_limits(const struct place *p);

#endif
