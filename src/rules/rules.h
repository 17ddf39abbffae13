/* The rules at work for one closure: subjects go in, asks come out. */
#ifndef RULES_RULES_H
#define RULES_RULES_H

#include "rules/rule.h"

#include <mkroot/rules.h>

struct rules_opts {
	const char *const *with; /* words of --with; ends with NULL; NULL: no rules at all */
	const struct mkr_user *users; /* beside those found; copied */
	size_t n_users;
};

/* One ask, and by whom. */
struct asked {
	struct ask ask;
	const char *set; /* the rule set's name */
	const char *because; /* "/usr/bin/curl needs libssl.so.3" */
	const void *process; /* the subject's, or NULL */
	size_t load;
};

/* -EINVAL: a word names no set. */
int rules_new(struct rules **out, const struct mkr_root *root, const struct rules_opts *opts,
	struct mkr_error *err);
void rules_free(struct rules *r);

/* Is any set on? Where none is, nobody looks at a subject. */
bool rules_any(const struct rules *r);

/* Is the set of that name on? */
bool rules_on(const struct rules *r, const char *name);

/* Is it, without links, one of the files that are made? The old root's own hold password hashes,
 * people's names, addresses and names of machines. */
bool rules_makes(const char *path);

/* Shows all sets a subject. */
int rules_look(struct rules *r, const struct subject *s, struct mkr_error *err);

/* The next ask in order, or NULL: no more for now. Borrowed from the rules. */
const struct asked *rules_next(struct rules *r);

/* No subject is left: further asks may come of it. */
int rules_settle(struct rules *r, struct mkr_error *err);

/* Settling brought nothing more. */
int rules_finish(struct rules *r, struct mkr_error *err);

/* Warnings since the last call, or NULL. */
const char *rules_warning(struct rules *r);

#endif
