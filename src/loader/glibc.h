/* One glibc of a root: what its parts share. */
#ifndef LOADER_GLIBC_H
#define LOADER_GLIBC_H

#include "loader/dst.h"
#include "loader/flavour.h"
#include "loader/glibc_info.h"
#include "loader/hwcaps.h"

struct glibc {
	struct libc libc;
	const struct machine *machine;
	struct glibc_info info;
	struct hwcaps hwcaps;
	struct dirs defaults; /* the built-in folders */
	struct system_cache table; /* ld.so.cache, or what ldconfig would make it */
	enum mkr_how how; /* which of these it is; MKR_MISSING: neither */
	struct dst dst; /* without an origin */
};

/* open_verify(): 1 an answer, 0 passed over, -1 the loader stops: *why. */
int glibc_verify(const struct process *p, const struct place *place, const char **why);

/* Opens one candidate, or each of a list of folders. True: the search is over, with an answer or a
 * refusal. */
bool glibc_try_path(struct process *p, const char *path, struct hit *hit);
bool glibc_try_dirs(struct process *p, const struct dirs *dirs, const char *name, enum mkr_how how,
	struct hit *hit);

/* Where a search for a plain name by this load goes, in words. */
const char *glibc_describe(struct registry *g, const struct libc *libc,
	const struct mkr_search *search, const struct mkr_map *map, const struct mkr_load *by);

#endif
