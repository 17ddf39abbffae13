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

/* Where a search for a plain name by this load goes, in words. */
const char *glibc_describe(struct registry *g, const struct libc *libc,
	const struct mkr_search *search, const struct mkr_map *map, const struct mkr_load *by);

#endif
