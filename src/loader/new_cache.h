/* The ld.so.cache of a root that is being made: what of the old root's table is in it. */
#ifndef LOADER_NEW_CACHE_H
#define LOADER_NEW_CACHE_H

#include "loader/flavour.h"

/* For the loaders of `libcs`, one table for each cache path among them. In the registry's arena. */
const struct mkr_new_cache *new_caches_make(
	struct registry *g, const struct libc *libcs, const struct mkr_new_root *to, size_t *ret_n);

#endif
