/* pid 1 of the box: sets it up, starts the command, reaps, passes signals on, reports. */
#ifndef RUN_INIT_H
#define RUN_INIT_H

#include "run/arguments.h"
#include "run/cgroup.h"
#include "run/command.h"
#include "run/idmap.h"
#include "run/op.h"
#include "run/pty.h"
#include "run/timens.h"
#include "run/user.h"
#include "run/view.h"

struct init {
	const struct mkr_image *img;
	const struct ops *ops;
	struct command command;
	struct rights rights; /* the command's, and our own */
	int link; /* our end of the pair */
	const struct cgroup *group; /* NULL: stays in the launcher's */
	bool into_group; /* born in its v2 folder */
	bool userns;
	const struct idmap *ids;
	const struct time_offsets *clocks;
	const struct pty_wish *pty;
	struct view *view;
	struct mkr_box box; /* the command's, completed inside */
	struct user user;
	struct arguments arguments; /* our own, the launcher's */
};

void init_main(struct init *in) __attribute__((noreturn));

#endif
