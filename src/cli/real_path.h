/* What a path of the root leads to. */
#ifndef CLI_REAL_PATH_H
#define CLI_REAL_PATH_H

#include "base/arena.h"

#include <mkroot/root.h>

/* Without links and without a leading slash, as plans have it; NULL: to nothing. In the arena. */
int real_path(const char **ret, struct arena *a, const struct mkr_root *root, const char *path,
	struct mkr_error *err);

#endif
