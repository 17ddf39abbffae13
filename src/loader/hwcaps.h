/* Subfolders that the loader looks into before a folder itself: glibc-hwcaps/LEVEL/ (ld.so(8)), and
 * up to glibc 2.36 the older scheme (tls/, haswell/, x86_64/ and all their combinations). */
#ifndef LOADER_HWCAPS_H
#define LOADER_HWCAPS_H

#include "base/arena.h"
#include "elf/machine.h"

struct hwcaps {
	const char *const *levels; /* glibc-hwcaps levels that count, best first; ends with NULL */
	const char *const
		*subdirs; /* "glibc-hwcaps/x86-64-v3/" ... "", in the order of the search */
	size_t n_subdirs;
	const char *platform; /* what $PLATFORM is on this CPU; NULL: the machine's own */
};

/* `wanted`: NULL or "host" (this CPU's own, when it is of machine `m`), "none", or a level, which
 * brings those below it along. `version`: glibc's, as 236 for 2.36. */
struct hwcaps hwcaps_make(
	struct arena *a, const struct machine *m, const char *wanted, unsigned version);

/* The levels of a machine, best first, ends with NULL. */
const char *const *hwcaps_levels(const struct machine *m);

#endif
