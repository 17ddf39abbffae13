/* What glibc checks of a whole map: symbol versions and ISA levels. */
#ifndef LOADER_VERSIONS_H
#define LOADER_VERSIONS_H

#include "loader/registry.h"

#include <mkroot/loader.h>

/* `hwcaps` as in struct mkr_search. */
const struct mkr_checks *versions_check(
	struct registry *g, const struct mkr_map *map, const char *hwcaps);

/* Further facts of the file at `path`, which was mapped. Never NULL. */
const struct mkr_elf_detail *registry_detail(struct registry *g, const char *path, unsigned parts);

#endif
