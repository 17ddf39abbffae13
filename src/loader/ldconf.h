/* /etc/ld.so.conf (ldconfig(8); glibc elf/ldconfig.c parse_conf): for roots without a cache. */
#ifndef LOADER_LDCONF_H
#define LOADER_LDCONF_H

#include "loader/registry.h"

/* The folders it names, each once, in order, without a slash at the end; ends with NULL. Includes
 * are followed inside the root, a file that is included twice is read once. `version` is glibc's
 * (236 for 2.36). NULL: there is no such file. */
const char *const *ldconf_read(struct registry *g, const char *path, unsigned version);

#endif
