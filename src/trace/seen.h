/* What was seen while the command ran: paths, who used them, and how. Only texts: nothing is looked
 * up, since a file system of the command's own (FUSE) would wait for us while we wait for it. */
#ifndef TRACE_SEEN_H
#define TRACE_SEEN_H

#include "base/arena.h"
#include "base/map.h"

#include <stdint.h>

enum seen_how {
	SEEN_LINK = 1 << 0, /* lstat(2) */
	SEEN_LOOKED = 1 << 1,
	SEEN_OPENED = 1 << 2, /* to be read */
	SEEN_WRITTEN = 1 << 3, /* opened to be written to, and not to be read */
	SEEN_EXECUTED = 1 << 4,
	SEEN_CREATED = 1 << 5, /* by O_CREAT, mkdir(2), symlink(2): made unless it was there */
	SEEN_MOVED = 1 << 6, /* by rename(2), link(2): under this name it is new */
};

struct seen {
	uint32_t rights; /* with the path, what it is found by */
	unsigned how;
	UT_hash_handle hh;
	const char *path;
};

struct seen_set {
	struct arena *arena;
	struct seen *all;
	bool full; /* some were left out: over SEEN_BYTES_MAX */
};

void seen_add(struct seen_set *set, const char *path, uint32_t rights, unsigned how);

/* Joins `base` (absolute) and `path`: no doubled slashes, no "." and no slash at the end; ".."
 * stays but for those that would leave `root`, a front of base. *ret_follow: the end asked for a
 * folder, so that a link there is followed. False: too long. */
bool seen_join(char *out, size_t size, const char *root, const char *base, const char *path,
	bool *ret_follow);

#endif
