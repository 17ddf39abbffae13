/* What mkroot makes itself for the new root. */
#ifndef PLAN_BASE_FILES_H
#define PLAN_BASE_FILES_H

#include "plan/maker.h"

/* Adds an ld.so.cache of its own where the `n` sorted entries need one, and the folders above it.
 * One that would be copied from the old root is replaced in `entries`: it is that root's. In a
 * folder that is added to, passwd and the like keep the users they have. */
int base_files_add(struct arena *a, const struct mkr_closure *c, const struct mkr_policy *p,
	struct mkr_entry *entries, size_t n, entry_vec *made, struct mkr_error *err);

#endif
