/* A failed search in words: where it went, and where what it missed does exist. */
#ifndef LOADER_EXPLAIN_H
#define LOADER_EXPLAIN_H

#include "base/arena.h"
#include "loader/registry.h"

#include <mkroot/loader.h>

/* "a; b": joins two parts, either of which may be "". */
const char *explain_join(
	struct arena *a, const char *left, const char *separator, const char *right);

/* A path of a file `name` of the program's machine, outside the places that were searched; NULL:
 * none where libraries usually are. */
const char *explain_find(struct registry *g, const struct mkr_map *map, const char *name);

#endif
