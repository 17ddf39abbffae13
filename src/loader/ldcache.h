/* ld.so.cache (glibc elf/dl-cache.c, sysdeps/generic/dl-cache.h), of any byte order.
 *
 * Formats: "glibc-ld.so.cache1.1" (the only one since 2.32) alone or behind the old one, and the old
 * one alone ("ld.so-1.7.0"). Every offset in it is hostile. */
#ifndef LOADER_LDCACHE_H
#define LOADER_LDCACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ldcache {
	const unsigned char *data; /* the whole file, borrowed */
	size_t n;
	bool big_endian, old; /* old: "ld.so-1.7.0" without the new one behind it */
	size_t base; /* where the new header stands: string offsets count from here */
	size_t entries, n_entries; /* offset of the table, its length */
	size_t strings; /* old format: offset of its string table */
	size_t hwcaps, n_hwcaps; /* offset of the glibc-hwcaps names' table in the extension */
};

/* Understands the bytes; false: no cache for this byte order, or a corrupt one, which the loader
 * treats as absent. */
bool ldcache_open(struct ldcache *c, const void *data, size_t n, bool big_endian);

struct ldcache_entry {
	uint32_t flags;
	const char *name, *path;
	uint64_t hwcap;
	const char *level; /* glibc-hwcaps subfolder, or NULL */
};

/* Entry i (i < n_entries); false when its offsets lie outside. */
bool ldcache_entry(const struct ldcache *c, size_t i, struct ldcache_entry *e);

/* The path for `name` among the entries with exactly these flags: that of the best of `levels` (best
 * first, ends with NULL), else the plain one; NULL: none. */
const char *ldcache_lookup(
	const struct ldcache *c, const char *name, uint32_t flags, const char *const *levels);

/* The order of the table: runs of digits compare as numbers (_dl_cache_libcmp). */
int ldcache_compare(const char *a, const char *b);

#endif
