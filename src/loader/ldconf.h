/* /etc/ld.so.conf (ldconfig(8); glibc elf/ldconfig.c parse_conf): for roots without a cache. */
#ifndef LOADER_LDCONF_H
#define LOADER_LDCONF_H

#include "loader/registry.h"

/* The folders it names, in order, each with a slash at its end; ends with NULL. A file that is not
 * there names none. Includes are followed inside the root, four deep. */
const char *const *ldconf_read(struct registry *g, const char *path);

#endif
