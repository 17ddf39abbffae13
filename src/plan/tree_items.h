/* All that a root holds, as items. */
#ifndef PLAN_TREE_ITEMS_H
#define PLAN_TREE_ITEMS_H

#include "base/vec.h"

#include <mkroot/closure.h>
#include <mkroot/root.h>

typedef VEC(const struct mkr_item *) item_vec;

/* Sorted by path; in the arena. Sockets are left out: they belong to a process. */
int tree_items(item_vec *out, struct arena *a, const struct mkr_root *root, struct mkr_error *err);

#endif
