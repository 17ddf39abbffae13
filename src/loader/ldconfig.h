/* What ldconfig(8) would put into a cache (glibc elf/ldconfig.c), for a root that has none. */
#ifndef LOADER_LDCONFIG_H
#define LOADER_LDCONFIG_H

#include "loader/glibc_info.h"
#include "loader/registry.h"

/* The bytes of the cache, a NUL behind them: of the folders of the ld.so.conf beside the loader's
 * cache, then the system's. `like`: a program of the loader's; libraries that its system's ldconfig
 * does not know are left out. In the registry's arena; NULL: there is no ld.so.conf.
 *
 * Where ldconfig would first make or change a link from the SONAME to the newest file, the entry
 * names that file: the root is only read. */
const char *ldconfig_run(struct registry *g, const struct mkr_elf *like,
	const struct glibc_info *info, const struct machine *m, size_t *ret_size);

#endif
