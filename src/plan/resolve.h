/* Paths inside a plan, before anything is written: its links are followed in its own entries. */
#ifndef PLAN_RESOLVE_H
#define PLAN_RESOLVE_H

#include "base/arena.h"

#include <mkroot/plan.h>

/* The path without links of what `path` leads to, as entries have it; NULL: to nothing. The root
 * itself is "". */
const char *plan_resolve(
	struct arena *a, const struct mkr_entry *entries, size_t n, const char *path);

#endif
