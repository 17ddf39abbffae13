/* Files of the host that are to be seen in the box: opened before anything is set up, so that what
 * the user named is what is mounted. */
#ifndef RUN_HOST_FILE_H
#define RUN_HOST_FILE_H

#include "base/arena.h"

#include <mkroot/error.h>

#include <sys/stat.h>

struct host_file {
	const char *typed;
	const char *path; /* absolute */
	int fd; /* O_PATH, in the launcher's mount namespace */
	int mount; /* a copy of the mount it is on, made by the launcher for a box whose ids are
		    * others; else -1 */
	struct stat st;
};

/* `what` is for the message: "the volume". -ENOENT, -EACCES ... */
int host_file_open(struct host_file **out, struct arena *a, const char *typed, const char *what,
	struct mkr_error *err);
/* Not opened: for who only looks. */
struct host_file *host_file_named(struct arena *a, const char *typed);

void host_file_close(struct host_file *s); /* what the arena does not free; NULL: nothing */

/* A copy of its mount and of all mounts below, not attached, with `flags` (op.h) added. In the new
 * mount namespace, before the root is left. Hands `mount` over where there is one. */
int host_file_mount(struct host_file *s, unsigned flags, struct mkr_error *err);

#endif
