/* Commands by name, as execvp(3) and env(1) find them. */
#ifndef OS_COMMAND_H
#define OS_COMMAND_H

#include "base/arena.h"

#include <mkroot/root.h>

/* The folders that a shell has when nobody set PATH. */
#define COMMAND_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* The path of a regular file with an x bit: `name` itself when it holds a slash, else the first in
 * COMMAND_PATH. NULL: there is none. */
const char *command_find(const struct mkr_root *root, struct arena *arena, const char *name);

#endif
