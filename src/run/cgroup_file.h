/* The small files of cgroupfs and procfs. */
#ifndef RUN_CGROUP_FILE_H
#define RUN_CGROUP_FILE_H

#include "base/arena.h"

#include <stdbool.h>

/* All of `name` below `dir`, without the newline at its end. -EFBIG over 16 MiB. */
int read_text(const char **ret, struct arena *arena, int dir, const char *name);

/* One write(2), as these files want it. */
int write_text(int dir, const char *name, const char *text);

#endif
