/* What a path of another process means: its root, its working directory, its rights. */
#ifndef TRACE_WHERE_H
#define TRACE_WHERE_H

#include "base/arena.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Who asks, as far as a file's mode is concerned. Number 0 is one whom no mode stops, or who is the
 * caller himself: his look-ups say the same as ours. */
struct rights {
	uint32_t uid, gid; /* the file system's */
	const uint32_t *groups;
	size_t n_groups;
};

struct where {
	bool foreign; /* another root, of which we know no path */
	const char *root; /* what comes before its absolute paths: "", or that of a chroot(2) */
	const char *cwd; /* a path of ours; NULL: none */
	uint32_t rights; /* an index for wheres_rights() */
};

struct wheres;

struct wheres *wheres_new(void);
void wheres_free(struct wheres *w);

/* That of thread `tid`, until the next call; `relative`: cwd is asked for. Looked up again after
 * wheres_changed(), and when it is no longer fresh: a thread that shares its working directory with
 * others may move them, and numbers of processes are used again. */
const struct where *where_of(struct wheres *w, pid_t tid, bool relative);
void wheres_changed(struct wheres *w);
void where_changed(struct wheres *w, pid_t tid); /* only that of this thread */

/* What descriptor `fd` of the thread leads to, in `out`. False: no path. */
bool where_fd(pid_t tid, int fd, char out[static PATH_MAX]);

/* NULL for number 0. */
const struct rights *wheres_rights(const struct wheres *w, uint32_t number);

#endif
