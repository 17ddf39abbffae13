/* Writes an ld.so.cache for any machine: the host's ldconfig can do so for its own only. */
#ifndef LOADER_LDCACHE_WRITE_H
#define LOADER_LDCACHE_WRITE_H

#include "base/arena.h"
#include "loader/ldcache.h"

/* The bytes of a cache in the new format that holds `entries`, a NUL behind them; in the arena.
 * Entries of one name, ABI and level keep the order they are given in: the loader takes the first.
 * `generator` is what `ldconfig -p` shows at its end; NULL: nothing. NULL when the cache would be
 * larger than its 32-bit offsets reach. */
char *ldcache_write(struct arena *a, const struct ldcache_entry *entries, size_t n, bool big_endian,
	const char *generator, size_t *ret_size);

#endif
