/* How a plan comes by entries that are made, and not copied. */
#ifndef PLAN_MAKER_H
#define PLAN_MAKER_H

#include "base/arena.h"
#include "base/vec.h"

#include <mkroot/plan.h>

typedef VEC(struct mkr_entry) entry_vec;

struct maker {
	struct arena *arena;
	const struct mkr_policy *policy;
	struct mkr_entry *entries; /* sorted, without those that are made */
	size_t n;
	entry_vec *made;
};

/* One that the policy owns, without a time. */
struct mkr_entry maker_entry(const struct maker *m, const char *path, uint32_t mode,
	enum mkr_why why, const char *because);

/* The path that `path` is in the plan, the links above it followed; folders that are not there are
 * made. NULL: something is in the way. */
const char *maker_way(struct maker *m, const char *path);

#endif
