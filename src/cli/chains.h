/* Why a file is needed: from a program, object by object, to the file. */
#ifndef CLI_CHAINS_H
#define CLI_CHAINS_H

#include "base/arena.h"

#include <mkroot/loader.h>

#include <stdbool.h>
#include <stddef.h>

/* What is asked about: a path, a soname or a file name. */
struct wanted {
	const char *text;
	bool is_path; /* it holds a slash */
	const struct mkr_elf *elf; /* of the path, when it is an ELF file: any name of it will do */
};

/* The shortest way from a program to one of those who ask for the file themselves, and the file. */
struct chain {
	const size_t *at; /* indexes of the map's loads, the program first, the wanted last */
	size_t n;
};

/* Is this load, or request that failed, what is wanted? */
bool chain_matches(const struct mkr_map *map, size_t load, const struct wanted *w);

/* One chain for each object that asks for the file, in load order; in the arena. Returns how many.
 */
size_t chains_find(struct arena *a, const struct mkr_map *map, const struct wanted *w,
	const struct chain **out);

#endif
