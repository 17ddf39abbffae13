/* Paths that other packages' files of that name do not have but `to` (dpkg-divert(1)). */
#ifndef PACKAGE_DIVERSIONS_H
#define PACKAGE_DIVERSIONS_H

#include "base/arena.h"

#include <stddef.h>

struct diversion {
	struct str from, to;
	struct str by; /* the package whose file it is; ":": nobody's */
};

struct diversions;

/* Borrows the rows. Of two of one path the first counts: dpkg has no second. Never NULL. */
struct diversions *diversions_new(const struct diversion *rows, size_t n);
void diversions_free(struct diversions *d); /* NULL: nothing */

/* Where the package's file is instead, NULL: where the package has it. */
const struct diversion *diversions_from(
	const struct diversions *d, const char *package, struct str path);

/* The same by where it is now. */
const struct diversion *diversions_to(
	const struct diversions *d, const char *package, struct str path);

#endif
