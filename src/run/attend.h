/* The launcher while the box is there: passes signals and what is typed in, waits for the end. */
#ifndef RUN_ATTEND_H
#define RUN_ATTEND_H

#include "run/terminal.h"

#include <mkroot/error.h>

#include <signal.h>
#include <sys/types.h>

struct attend {
	pid_t init;
	int link, signals;
	bool started;
	bool in_group; /* the box has cgroups of its own */
	int root, userns; /* for mkr_box.ended, or -1 */
	bool wants_root;
	struct terminal terminal;
};

/* The signals that are meant for the command, and are to be read from `signals`. */
void attend_signals(sigset_t *set);

/* Until the init has ended and is collected. As mkr_run(). */
int attend(struct attend *a, int *ret_status, struct mkr_error *err);

#endif
