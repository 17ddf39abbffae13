/* Records in a folder or an image that is added to. */
#ifndef PLAN_RECORD_MERGE_H
#define PLAN_RECORD_MERGE_H

#include "base/arena.h"
#include "base/str.h"

#include <mkroot/plan.h>

/* What a record says with that of the target at the same path, by the file's name: of lists of sums
 * and of rpm's packages the lines of both, a path's new sum instead of the old one; of apk's
 * packages those that are there, and behind them those that are not. Any other is as `made` has it.
 */
struct str record_merge(
	struct arena *a, const struct mkr_root *target, const char *path, struct str made);

/* The same, `there` being the target's. */
struct str record_merge_text(struct arena *a, const char *path, struct str there, struct str made);

#endif
