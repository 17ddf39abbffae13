/* What glibc's ld.so has built in, read out of its own constant strings. */
#ifndef LOADER_GLIBC_INFO_H
#define LOADER_GLIBC_INFO_H

#include "elf/machine.h"
#include "loader/registry.h"

struct glibc_info {
	unsigned version; /* 236 for 2.36 */
	const char *const *dirs; /* system folders, each ends with a slash; ends with NULL */
	const char *lib; /* what $LIB is */
	const char *cache; /* path of ld.so.cache */
	bool read; /* from the file, not guessed from the machine */
};

/* `ldso`: the loader's facts, or NULL when there is none; `fd`: the open file, or -1. */
struct glibc_info glibc_info_read(
	struct registry *g, int fd, const struct mkr_elf *ldso, const struct machine *m);

/* The same from its constant strings alone, `n` bytes at `text` with a NUL behind them. */
struct glibc_info glibc_info_parse(
	struct registry *g, const char *text, size_t n, const struct machine *m);

#endif
