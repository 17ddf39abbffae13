/* A trace: what was seen, and what became of it. */
#ifndef TRACE_INTERNAL_H
#define TRACE_INTERNAL_H

#include "base/vec.h"
#include "trace/seen.h"
#include "trace/where.h"

#include <mkroot/trace.h>

#include <time.h>

struct mkr_trace {
	struct arena *arena;
	struct seen_set seen;
	struct wheres *wheres;
	struct timespec began; /* by the clock that files are stamped with */
	size_t unseen;
	bool bare;
	struct mkr_uses *uses;
	VEC(struct mkr_left_out) left;
};

#endif
