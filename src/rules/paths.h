/* Patterns and trees of the old root. */
#ifndef RULES_PATHS_H
#define RULES_PATHS_H

#include "base/vec.h"
#include "rules/rule.h"

#include <stdint.h>

struct names {
	const char **at;
	size_t n;
};

/* The paths that a pattern names: "*" and "?" in any of its parts, as glob(7). Those that are not
 * there do not come. */
struct names rules_paths(struct rules *r, const char *pattern);

/* Bytes of the files below a folder, links not followed; what the globs skip (by name, as an ask's)
 * does not count. Stops when over `limit`. */
uint64_t rules_tree_size(
	struct rules *r, const char *folder, const char *const *skip, uint64_t limit);

#endif
