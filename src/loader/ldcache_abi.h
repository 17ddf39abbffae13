/* Which entries of an ld.so.cache are whose: the ids of ABIs, and what a loader takes. */
#ifndef LOADER_LDCACHE_ABI_H
#define LOADER_LDCACHE_ABI_H

#include "loader/hwcaps.h"

#include <mkroot/elf.h>

#include <stdbool.h>
#include <stdint.h>

/* The loader that reads a cache, and the CPU it runs on. */
struct ldcache_abi {
	bool big_endian;
	uint8_t align; /* of a 64-bit number inside a struct: where the new format begins */
	uint32_t flags; /* its own id: the search ends at such an entry */
	uint32_t flags_too; /* another id that it takes; 0: none */
	const char *const *levels; /* glibc-hwcaps that count, best first; ends with NULL */
	uint32_t isa; /* x86: bit n is set when the CPU does x86-64-v(n + 1) */
	bool legacy; /* up to 2.39: entries with the bits below count */
	uint64_t hwcap; /* features the CPU has */
	uint64_t platforms, platform; /* the bits that name platforms, and the CPU's own one */
};

/* The id in the entries of a library (process_elf_file() of each readelflib.c); 0: ldconfig leaves
 * it out. */
uint32_t ldcache_flags(const struct mkr_elf *elf);

/* True when one ldconfig enters libraries like both into its cache: those of i386 and x86-64, but
 * not of aarch64 too. */
bool ldcache_same_system(const struct mkr_elf *a, const struct mkr_elf *b);

/* The loader `elf` (or any program of its ABI), of this glibc version (236 for 2.36). */
struct ldcache_abi ldcache_abi_of(
	const struct mkr_elf *elf, const struct hwcaps *caps, unsigned version);

/* Bits of the older scheme for the folders that end `path`, as ldconfig up to 2.36 gives them for
 * "/opt/lib/tls/haswell"; 0: a plain folder. */
uint64_t ldcache_legacy_bits(const struct mkr_elf *elf, const char *path);

#endif
