/* The command itself, from fork(2) to execve(2). */
#ifndef TRACE_START_H
#define TRACE_START_H

#include <mkroot/error.h>

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

struct started {
	pid_t pid;
	int link; /* says a failure of execve(2), and closes when it succeeds */
	int listener;
	bool bare; /* set-user-ID programs have no effect */
};

/* Forks a process that waits under the filter. It will execute argv[0] with this signal mask and
 * what the caller had for SIGCHLD. On failure nothing is left. */
int start_command(struct started *out, const char *const argv[], const sigset_t *mask,
	const struct sigaction *child_action, struct mkr_error *err);

/* Lets it go. */
int start_go(const struct started *s, struct mkr_error *err);

/* Reads the link when it is readable: 0, it was executed; else what execve(2) said. */
int start_outcome(const struct started *s);

#endif
