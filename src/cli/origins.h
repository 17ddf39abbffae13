/* By what chain of loads each file came that a loader maps. */
#ifndef CLI_ORIGINS_H
#define CLI_ORIGINS_H

#include "base/arena.h"

#include <mkroot/closure.h>
#include <mkroot/plan.h>

/* One object on the way from a program to a file. */
struct link_hop {
	const char *path, *name, *how; /* as `mkroot why` shows them */
	const struct link_hop *by; /* who loaded it; NULL: it is what was started */
};

/* Where each file that a loader maps comes from. */
struct origins;
/* Fails when the root cannot be read any more. */
int origins_new(
	struct origins **out, struct arena *a, const struct mkr_closure *c, struct mkr_error *err);
void origins_free(struct origins *o);

/* The last hop of the chain that brought the entry; NULL: no loader maps it, or it is what is
 * started. */
const struct link_hop *origins_of(const struct origins *o, const struct mkr_entry *e);

#endif
