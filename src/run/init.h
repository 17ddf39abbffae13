/* pid 1 of the box: sets it up, starts the command, reaps, passes signals on, reports. */
#ifndef RUN_INIT_H
#define RUN_INIT_H

#include "run/command.h"
#include "run/op.h"

struct init {
	const struct mkr_image *img;
	const struct ops *ops;
	struct command command;
	struct rights rights; /* the command's, and our own */
	int link; /* our end of the pair */
	bool userns;
	uid_t uid; /* the caller's, outside */
	gid_t gid;
};

void init_main(struct init *in) __attribute__((noreturn));

#endif
