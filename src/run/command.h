/* The command itself: found in the root, executed, and if that fails, why. */
#ifndef RUN_COMMAND_H
#define RUN_COMMAND_H

#include "run/rights.h"

#include <mkroot/run.h>

#include <limits.h>
#include <signal.h>
#include <sys/types.h>

struct user;

/* What the process gets back that the launcher had changed, and what it gets new. */
struct command {
	const struct mkr_box *box;
	const sigset_t *mask; /* signal mask, or NULL: as it is */
	bool own_group; /* a process group of its own, in the foreground of its terminal if... */
	bool foreground; /* ...this says so too */
	const struct user *user; /* who it becomes; NULL: nobody else */
	const struct rights *rights;
	mode_t umask;
};

/* How far it came; for the ways between processes that share their memory, so no pointers. */
struct command_failure {
	int code; /* -errno */
	enum { FAILED_SETUP, FAILED_EXEC } at;
	char what[PATH_MAX]; /* the step, or the path */
};

/* Replaces the process; comes back only when that failed. Uses no heap. The root is "/". */
void command_exec(const struct command *c, struct command_failure *f);

/* Says why, looking at the files; *ret_status is MKR_EXIT_*. Returns the code. */
int command_explain(const struct command *c, const struct command_failure *f, int *ret_status,
	struct mkr_error *err);

#endif
