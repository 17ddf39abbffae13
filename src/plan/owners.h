/* Whose the entries are: mkr_entry.package. */
#ifndef PLAN_OWNERS_H
#define PLAN_OWNERS_H

#include "base/arena.h"

#include <mkroot/plan.h>

/* For what lies where its package has it: a copy elsewhere is the user's, as is what is made. */
void owners_set(struct arena *a, const struct mkr_closure *c, struct mkr_entry *entries, size_t n);

/* Is the entry a package's, if any has one of that name? A link has no source: it is never a copy
 * of another one. */
bool owners_in_place(const struct mkr_entry *e);

/* A link of the usr-merge, which every root of the system has. */
bool owners_is_common(const struct mkr_entry *e);

#endif
