/* Extended attributes of a source, as entries carry them. */
#ifndef PLAN_XATTRS_H
#define PLAN_XATTRS_H

#include "base/arena.h"

#include <mkroot/plan.h>

/* Those of the open file that belong to the file and not to this host's policy: user.* and
 * security.capability, sorted by name. 0 also where the file system has none. */
int xattrs_read(int fd, struct arena *arena, const struct mkr_xattr **out, size_t *n);

#endif
