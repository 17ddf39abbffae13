/* The box' own terminal, from its own devpts. */
#ifndef RUN_PTY_H
#define RUN_PTY_H

#include <mkroot/error.h>

#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/types.h>
#include <termios.h>

struct pty_wish {
	bool wanted;
	bool replaces[3]; /* which of the standard descriptors; always the first */
	bool foreground; /* the command starts in its foreground */
	struct termios modes; /* as the caller's terminal has them */
	struct winsize size;
};

/* In the init, which leads its session: makes one, puts it in the place of standard descriptors,
 * is controlled by it, and mounts it on `console`, which is /dev/console unless something of the
 * user's lies on that. While mounts can be made. Returns the other end. */
int pty_open(const struct pty_wish *wish, int console, struct mkr_error *err);

/* It belongs to `uid` from here on. Needs CAP_CHOWN. */
int pty_give(uid_t uid, struct mkr_error *err);

#endif
