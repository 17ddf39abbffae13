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

/* In the init, which leads its session: makes one that belongs to `uid`, puts it in the place of
 * standard descriptors, and is controlled by it. Returns the other end. */
int pty_open(const struct pty_wish *wish, uid_t uid, struct mkr_error *err);

#endif
