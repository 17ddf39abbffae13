#include "run/terminal.h"

#include "base/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

/* tcsetattr(3) from the background would stop us. */
static void set_modes(int fd, const struct termios *modes)
{
	sigset_t ttou, before;
	sigemptyset(&ttou);
	sigaddset(&ttou, SIGTTOU);
	sigprocmask(SIG_BLOCK, &ttou, &before);
	/* At once: who has stopped the output with Ctrl-S does not stop us. */
	while (tcsetattr(fd, TCSANOW, modes) < 0 && errno == EINTR)
		;
	sigprocmask(SIG_SETMASK, &before, NULL);
}

static bool is_same(const struct stat *terminal, int fd)
{
	struct stat st;
	return fstat(fd, &st) == 0 && st.st_dev == terminal->st_dev &&
		st.st_ino == terminal->st_ino;
}

static bool is_open_for(int fd, int access)
{
	int flags = fcntl(fd, F_GETFL);
	return flags >= 0 && ((flags & O_ACCMODE) == O_RDWR || (flags & O_ACCMODE) == access);
}

/* A description of our own does not wait, which the caller's must not be told: it is the shell's
 * too. Without one (the terminal may be another user's, after su(1)) poll(2) has to do. */
static void open_again(struct terminal *t)
{
	t->own = open("/proc/self/fd/0", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	t->in = t->out = t->own;
	if (t->own >= 0)
		return;
	t->in = STDIN_FILENO;
	for (int fd = 0; fd < 3 && t->out < 0; fd++)
		if ((fd == 0 || t->wish.replaces[fd]) && is_open_for(fd, O_WRONLY))
			t->out = fd;
}

void terminal_look(struct terminal *t)
{
	struct stat st;
	*t = (struct terminal){ .in = -1, .out = -1, .own = -1, .master = -1 };
	if (!isatty(STDIN_FILENO) || fstat(STDIN_FILENO, &st) < 0 ||
		tcgetattr(STDIN_FILENO, &t->wish.modes) < 0)
		return;
	t->there = t->wish.wanted = true;
	t->modes = t->wish.modes;
	for (int fd = 0; fd < 3; fd++)
		t->wish.replaces[fd] = is_same(&st, fd);
	ioctl(STDIN_FILENO, TIOCGWINSZ, &t->wish.size);
	open_again(t);
	/* In a pipeline another one may be the reader of the terminal, as less(1) is, and in the
	 * background nobody is asked to read: the command starts in the background of its pty, and
	 * gets the terminal when it wants it, which the kernel tells by SIGTTIN. */
	t->wanted = t->wish.replaces[STDOUT_FILENO] && terminal_in_foreground(t);
	t->wish.foreground = t->wanted;
}

void terminal_attach(struct terminal *t, int master)
{
	if (t->master >= 0)
		close(t->master);
	if (!t->typed.bytes)
		t->typed.bytes = malloc(RELAY_MAX);
	if (!t->shown.bytes)
		t->shown.bytes = malloc(RELAY_MAX);
	if (!t->typed.bytes || !t->shown.bytes)
		out_of_memory();
	t->master = master;
	fcntl(master, F_SETFL, O_NONBLOCK);
	terminal_resize(t);
	if (t->wanted)
		terminal_enter(t);
}

bool terminal_in_foreground(const struct terminal *t)
{
	pid_t group = tcgetpgrp(t->in);
	return group < 0 || group == getpgrp(); /* not ours to lose, when it is no session's */
}

/* The modes that were found at the start were the shell's own if it was reading a line then. */
static void look_again(struct terminal *t)
{
	struct termios modes;
	if (tcgetattr(t->in, &modes) < 0)
		return;
	t->modes = modes;
	if (t->entered || t->wish.foreground)
		return;
	modes.c_oflag &= ~(tcflag_t)OPOST;
	tcsetattr(t->master, TCSANOW, &modes); /* those of the other end */
	t->entered = true;
}

static void make_raw(const struct terminal *t)
{
	struct termios modes = t->modes;
	cfmakeraw(&modes);
	/* Others write to it as well: pty_open() has seen to it that lines end once. */
	if (!t->wish.foreground)
		modes.c_oflag = t->modes.c_oflag;
	set_modes(t->in, &modes);
}

void terminal_enter(struct terminal *t)
{
	t->wanted = true;
	if (t->master < 0 || !terminal_in_foreground(t))
		return;
	if (!t->raw)
		look_again(t);
	make_raw(t);
	t->raw = true;
}

void terminal_go_on(struct terminal *t)
{
	terminal_resize(t);
	if (t->raw && terminal_in_foreground(t))
		make_raw(t);
	else
		t->raw = false;
}

void terminal_leave(struct terminal *t)
{
	if (t->raw && terminal_in_foreground(t))
		set_modes(t->in, &t->modes);
	t->raw = false;
}

void terminal_resize(const struct terminal *t)
{
	struct winsize size;
	if (t->master >= 0 && ioctl(t->in, TIOCGWINSZ, &size) == 0)
		ioctl(t->master, TIOCSWINSZ, &size);
}
