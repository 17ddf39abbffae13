/* What stands in a root for the files that hold the hashes of passwords. */
#ifndef CLI_SHADOW_H
#define CLI_SHADOW_H

#include "base/arena.h"

#include <mkroot/root.h>

#include <stddef.h>

/* shadow(5) or gshadow(5) with each name of the root's passwd or group and no password: nobody gets
 * in by one, and nothing has expired. NULL: `path` is neither of /etc/shadow and /etc/gshadow. */
const char *shadow_without_passwords(
	const struct mkr_root *root, struct arena *a, const char *path, size_t *size);

/* The home folder of a user, by the root's passwd; NULL: none. */
const char *shadow_home(const struct mkr_root *root, struct arena *a, unsigned uid);

#endif
