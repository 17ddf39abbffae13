/* The caller's terminal, where standard input is one. Inside a pty of the box' own stands for it,
 * so that no command holds a terminal of the host's; bytes go to and fro between the two here. */
#ifndef RUN_TERMINAL_H
#define RUN_TERMINAL_H

#include "run/pty.h"

#include <poll.h>
#include <stdbool.h>

/* Bytes on their way. */
struct relay_buffer {
	size_t at, n; /* what is left begins at `at` */
	char *bytes; /* RELAY_MAX; only where there is a terminal: a start without one is faster */
};

enum { RELAY_MAX = 16384 };

struct terminal {
	bool there;
	struct pty_wish wish;
	int in, out; /* the terminal, to read from and to write to */
	int own; /* of those, the one that has to be closed, or -1 */
	int master; /* the other end of the box' pty; -1: not there yet, or no more */
	bool wanted; /* the command is in the foreground of its pty */
	bool raw, entered; /* now; ever */
	struct termios modes; /* to be given back */
	struct relay_buffer typed, shown;
};

/* Before the fork. Where standard input is no terminal, there is none to care for. */
void terminal_look(struct terminal *t);

/* The box' pty has come: takes `master`. */
void terminal_attach(struct terminal *t, int master);

/* True when what is typed is for us. */
bool terminal_in_foreground(const struct terminal *t);

/* The terminal is the command's from here on, if it is ours; raw, so that all keys are. */
void terminal_enter(struct terminal *t);

/* We may have been stopped, and somebody else have used the terminal. */
void terminal_go_on(struct terminal *t);

/* The terminal is as it was found. */
void terminal_leave(struct terminal *t);

/* As large inside as outside. */
void terminal_resize(const struct terminal *t);

/* Fills in two of poll(2)'s; returns its timeout. */
int terminal_poll(struct terminal *t, struct pollfd p[2]);

/* Moves what poll(2) says can be moved. */
void terminal_relay(struct terminal *t, const struct pollfd p[2]);

/* The box is gone: shows what it has written last, until a signal can be read from `signals`, and
 * leaves. */
void terminal_end(struct terminal *t, int signals);

#endif
