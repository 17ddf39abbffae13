/* Which packages a program may mean when it names a command: its own,
 * those it depends on, recommends or suggests; and essential ones, which are everywhere. */
#ifndef RULES_RELATIONS_H
#define RULES_RELATIONS_H

#include "base/set.h"
#include "rules/rule.h"

/* The files of essential packages, found once; all zero at first, let go of with set_clear(). */
struct essential {
	struct set *files;
	bool filled;
};

struct relations {
	struct rules *r;
	const struct package *own; /* NULL: not known, and there are no relations */
	struct essential *base;
	bool *declared; /* by index */
	struct set *related; /* files */
};

void relations_open(
	struct relations *l, struct rules *r, const struct package *own, struct essential *base);
void relations_close(struct relations *l);

/* Does the program's package, or one of its source, declare a relation to the other? */
bool relations_declare(const struct relations *l, const struct package *other);

/* Is the file (its real path) of a related package? *essential: of an essential one. */
bool relations_have(struct relations *l, const char *real, bool *essential);

#endif
