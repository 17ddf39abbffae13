/* The door without words: for callers that probe many paths and expect most of them to be absent.
 */
#ifndef OS_ROOT_H
#define OS_ROOT_H

#include "base/arena.h"

#include <mkroot/root.h>

/* As mkr_root_openat(), but only the code. */
int root_open(const struct mkr_root *r, const char *path, int flags);

/* Opens a regular file for reading and says what it is. -EISDIR, -EINVAL as mkr_root_open_file().
 */
int root_open_file(const struct mkr_root *r, const char *path, struct stat *st);

/* The component walk that does the work of openat2(2) where that is refused. */
int root_open_by_walk(const struct mkr_root *r, const char *path, int flags);

/* The path without symbolic links, with a leading slash, in the arena. NULL: it cannot be walked.
 */
const char *root_real_path(const struct mkr_root *r, struct arena *arena, const char *path);

/* The descriptor of the directory itself, borrowed. */
int root_fd(const struct mkr_root *r);

#endif
