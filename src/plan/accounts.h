/* What a folder that is added to says in its files is kept when mkroot makes the same files. */
#ifndef PLAN_ACCOUNTS_H
#define PLAN_ACCOUNTS_H

#include "base/arena.h"
#include "base/str.h"

#include <mkroot/plan.h>

/* passwd(5), group(5) ...: the lines that are there, then those of names that are not. */
struct str accounts_merge(struct arena *a, struct str there, struct str made);

/* An entry of a rule set's making, for which the target has a file already: its text becomes what
 * is there, with the missing users. Fails when that cannot be read: nobody's users are lost. */
int accounts_keep(
	struct arena *a, const struct mkr_policy *p, struct mkr_entry *e, struct mkr_error *err);

#endif
