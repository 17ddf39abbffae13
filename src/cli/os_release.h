/* What system a root is of: os-release(5). */
#ifndef CLI_OS_RELEASE_H
#define CLI_OS_RELEASE_H

#include "base/arena.h"

#include <mkroot/root.h>

struct os_release {
	const char *id, *version_id,
		*name; /* ID, VERSION_ID, PRETTY_NAME or NAME; NULL: not said */
};

/* Of /etc/os-release or, without that, /usr/lib/os-release; all NULL when there is none. Fails when
 * one is there and cannot be read. */
int os_release_read(
	struct os_release *os, struct arena *a, const struct mkr_root *root, struct mkr_error *err);

/* Of its text. */
void os_release_parse(struct os_release *os, struct arena *a, struct str text);

#endif
