/* Namespaces and id maps. */
#ifndef RUN_NS_H
#define RUN_NS_H

#include <mkroot/error.h>

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* True when the caller may set up mounts as it is; else it needs a user namespace of its own. */
bool ns_is_privileged(void);

/* fork(2) into new namespaces: 0 in the child, its pid in the parent, or -errno. group: -1, or a
 * folder of cgroup v2 that the child is born in; where that is not to be had *into_group becomes
 * false. */
pid_t ns_fork(uint64_t flags, int group, bool *into_group);

/* In the child of a new user namespace: the caller's ids become 0, and no other id exists. */
int ns_map_single(uid_t uid, gid_t gid, struct mkr_error *err);

/* Adds what forbids user namespaces here, if something is known to, and what to do about it. */
void ns_explain(struct mkr_error *err);

#endif
