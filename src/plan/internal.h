/* What a plan is made of. */
#ifndef PLAN_INTERNAL_H
#define PLAN_INTERNAL_H

#include "base/arena.h"

#include "plan/records.h"

#include <mkroot/plan.h>

struct mkr_plan {
	struct arena *arena;
	struct mkr_entry *entries;
	size_t n;
	text_vec warnings; /* ends with NULL */
};

struct mkr_plan *plan_new(void);

#endif
