/* ld.so.cache (glibc elf/dl-cache.c, sysdeps/generic/dl-cache.h), of any byte order.
 *
 * Formats: "glibc-ld.so.cache1.1" (the only one since 2.32) alone or behind the old one, and the
 * old one alone ("ld.so-1.7.0"). Every offset in it is hostile. */
#ifndef LOADER_LDCACHE_H
#define LOADER_LDCACHE_H

#include "loader/ldcache_abi.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ldcache {
	const char *data; /* the whole file and a NUL behind it, borrowed */
	size_t n;
	bool big_endian, old; /* old: "ld.so-1.7.0" without the new one behind it */
	size_t entries, n_entries; /* offset of the table, its length */
	size_t strings; /* string offsets count from here */
	size_t hwcaps, n_hwcaps; /* offset of the glibc-hwcaps names' table in the extension */
};

/* Understands the `n` bytes at `data`, behind which a NUL stands. False: no cache for a loader of
 * this kind, or a corrupt one, which the loader treats as absent. */
bool ldcache_open(struct ldcache *c, const char *data, size_t n, const struct ldcache_abi *abi);

struct ldcache_entry {
	const char *name, *path;
	uint32_t flags; /* ldcache_flags() of the library */
	uint32_t isa; /* x86: the library needs x86-64-v(isa + 1); with a level only */
	const char *level; /* glibc-hwcaps subfolder, or NULL */
	uint64_t hwcap; /* without a level: the older scheme's bits, 2.36 and before */
};

/* Entry i (i < n_entries); false when it cannot be read. */
bool ldcache_entry(const struct ldcache *c, size_t i, struct ldcache_entry *e);

/* The path that the loader takes for `name`; NULL: none. */
const char *ldcache_lookup(
	const struct ldcache *c, const char *name, const struct ldcache_abi *abi);

/* The order of the table: runs of digits compare as numbers (_dl_cache_libcmp). */
int ldcache_compare(const char *a, const char *b);

#endif
