/* Who the command is: found in the root's own passwd and group, as docker run --user does it. */
#ifndef RUN_USER_H
#define RUN_USER_H

#include "base/arena.h"

#include <mkroot/error.h>

#include <sys/types.h>

struct user {
	uid_t uid;
	gid_t gid;
	const gid_t *groups; /* supplementary */
	size_t n_groups;
	const char *home; /* never NULL */
};

/* `spec`: "U[:G]", names or numbers; NULL: 0:0 and no groups. Reads the files of the root that the
 * process is in, in which no file is to be trusted. */
int user_find(struct user *u, struct arena *a, const char *spec, struct mkr_error *err);

/* The same in texts; passwd(5), group(5). */
struct user_files {
	struct str passwd, group;
	const char *passwd_why, *group_why; /* why there is no text, NULL: that is all there is */
};
int user_look_up(struct user *u, struct arena *a, const char *spec, const struct user_files *files,
	struct mkr_error *err);

/* The process becomes that user, for good. Returns -errno. */
int user_become(const struct user *u);

#endif
