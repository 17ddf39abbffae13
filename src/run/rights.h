/* What a process in the box may do: capabilities, seccomp, Landlock, keys. */
#ifndef RUN_RIGHTS_H
#define RUN_RIGHTS_H

#include <mkroot/run.h>

#include <linux/filter.h>

struct rights {
	const struct mkr_box *box;
	uint64_t caps; /* of the command, once the init has looked at what there is */
	uint64_t init_caps; /* of the init, once the command runs */
	const struct sock_filter *filter; /* NULL: none */
	size_t n;
	struct sock_filter *made; /* the same, when it has to be freed */
	bool filter_init; /* the init has the filter too */
};

/* Before the fork: what takes heap and time. `own`: no user namespace will give new capabilities.
 */
int rights_prepare(struct rights *r, const struct mkr_box *box, bool own, struct mkr_error *err);

/* In the init, which has set all up: from here on it may do no more than the command, so that
 * nothing is to be had from it by a command that may trace it. */
int rights_enter(struct rights *r, struct mkr_error *err);

/* In the process that becomes the command, last of all. Async-signal-safe; *ret_what names the step
 * that failed. Returns -errno. */
int rights_of_command(const struct rights *r, const char **ret_what);

/* In the init, once the command runs: what only its start needed is let go. -errno. */
int rights_keep(const struct rights *r);

void rights_free(struct rights *r);

#endif
