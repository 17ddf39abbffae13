#include "run/attend.h"

#include "base/escape.h"
#include "run/hand.h"
#include "run/link.h"
#include "run/sweep.h"

#include <mkroot/run.h>

#include <errno.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* All that can be meant for the command. Not what stops who uses a terminal from the background:
 * that is for us; and not what a fault of our own raises. */
void attend_signals(sigset_t *set)
{
	static const int kept[] = { SIGKILL, SIGSTOP, SIGTTIN, SIGTTOU, SIGCHLD, SIGSEGV, SIGBUS,
		SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS };
	sigfillset(set);
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		sigdelset(set, kept[i]);
}

static void order(const struct attend *a, int sig, bool group, enum ground ground)
{
	struct order o = { .signal = sig, .group = group, .ground = ground };
	send(a->link, &o, sizeof(o), MSG_NOSIGNAL);
}

/* As Ctrl-Z does it, for the shell that started us to see. Where there is none (the process group
 * is orphaned), the kernel does not stop us either. */
static void stop_self(void)
{
	const struct timespec now = { 0 };
	sigset_t stop, on;
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	sigemptyset(&on);
	sigaddset(&on, SIGCONT);
	kill(getpid(), SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, NULL);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	sigtimedwait(&on, NULL, &now);
}

/* The command was stopped, by Ctrl-Z or for using its terminal from the background: so are we,
 * unless the terminal is ours to give. */
static void stop_too(struct attend *a, int sig)
{
	struct terminal *t = &a->terminal;
	const bool gives = sig == SIGTTIN || sig == SIGTTOU;
	if (!(gives && terminal_in_foreground(t))) {
		terminal_leave(t);
		stop_self();
	}
	if (!t->there) {
		order(a, SIGCONT, true, GROUND_SAME);
		return;
	}
	t->wanted = terminal_in_foreground(t);
	if (t->wanted) {
		terminal_resize(t);
		terminal_enter(t);
	}
	order(a, SIGCONT, true, t->wanted ? GROUND_FORE : GROUND_BACK);
}

/* Returns a status when the signal ends the start-up, else -1. */
static int before_start(struct attend *a, int sig)
{
	if (sig == SIGTSTP)
		stop_self();
	if (sig == SIGTSTP || sig == SIGCONT || sig == SIGWINCH || sig == SIGURG)
		return -1;
	kill(a->init, SIGKILL);
	return 128 + sig;
}

static int pass_signal(struct attend *a)
{
	struct signalfd_siginfo info;
	if (read(a->signals, &info, sizeof(info)) != sizeof(info))
		return -1;
	int sig = (int)info.ssi_signo;
	if (!a->started)
		return before_start(a, sig);
	if (a->terminal.there && sig == SIGWINCH) {
		terminal_resize(&a->terminal);
		return -1; /* the kernel tells those inside */
	}
	if (a->terminal.there && sig == SIGCONT)
		terminal_go_on(&a->terminal);
	order(a, sig, info.ssi_code == SI_KERNEL || sig == SIGCONT, GROUND_SAME);
	return -1;
}

static void keep(int *at, bool wanted, int fd)
{
	if (wanted && *at < 0)
		*at = fd;
	else
		close(fd);
}

static void take_descriptors(struct attend *a, const struct report *r, const int *fds, size_t n)
{
	size_t i = 0;
	if (r->kind == REPORT_PTY && n && a->terminal.there && a->terminal.master < 0)
		terminal_attach(&a->terminal, fds[i++]);
	if (r->kind == REPORT_ROOT && r->status & REPORT_HAS_USERNS && i < n)
		keep(&a->userns, a->wants_root, fds[i++]);
	if (r->kind == REPORT_ROOT && r->status & REPORT_HAS_ROOT && i < n)
		keep(&a->root, a->wants_root, fds[i++]);
	while (i < n)
		close(fds[i++]);
}

/* A command that may trace can speak for the init: what comes is to be no worse than wrong. */
static void make_decent(struct report *r)
{
	struct mkr_error raw = r->err;
	raw.text[sizeof(raw.text) - 1] = '\0';
	raw.detail[sizeof(raw.detail) - 1] = '\0';
	escape_into(r->err.text, sizeof(r->err.text), raw.text);
	for (char *p = raw.detail; *p; p++)
		if ((unsigned char)*p < ' ' && *p != '\n')
			*p = '?';
	memcpy(r->err.detail, raw.detail, sizeof(raw.detail));
	if (r->err.code >= 0 || r->err.code < -4095)
		r->err.code = -EIO;
	r->status &= 255;
}

/* There is nothing to do from here on, and the message has woken us on a processor that is free;
 * while the box is set up, its init may share ours. */
static void note_start(struct attend *a)
{
	a->started = true;
	if (a->in_group || sweep_is_due())
		sweep();
}

/* False at the end. */
static bool read_report(struct attend *a, struct report *last)
{
	struct report r = { 0 };
	int fds[2];
	size_t n_fds = 2;
	ssize_t n = hand_in(a->link, &r, sizeof(r), fds, &n_fds);
	if (n < (ssize_t)offsetof(struct report, err))
		return n == -EINTR || n == -EAGAIN;
	take_descriptors(a, &r, fds, n_fds);
	if (r.kind == REPORT_STARTED)
		note_start(a);
	else if (r.kind == REPORT_STOPPED)
		stop_too(a, r.status);
	else if (r.kind == REPORT_FAILED && n == sizeof(r))
		*last = r;
	return true;
}

/* Reads until the init is gone. *last: what it said at the end. */
static int wait_for_end(struct attend *a, struct report *last)
{
	int ended_by = -1;
	for (;;) {
		struct pollfd p[4] = { { .fd = a->link, .events = POLLIN },
			{ .fd = a->signals, .events = POLLIN } };
		int timeout = terminal_poll(&a->terminal, p + 2);
		if (poll(p, 4, timeout) < 0 && errno != EINTR)
			return -errno;
		terminal_relay(&a->terminal, p + 2);
		if (p[0].revents && !read_report(a, last))
			return ended_by;
		if (p[1].revents) {
			int status = pass_signal(a);
			if (status >= 0)
				ended_by = status;
		}
	}
}

int attend(struct attend *a, int *ret_status, struct mkr_error *err)
{
	struct report last = { .kind = REPORT_STARTED };
	int ended_by = wait_for_end(a, &last), wstatus = 0;
	pid_t pid = waitpid(a->init, &wstatus, __WALL);
	terminal_end(&a->terminal, a->signals);
	if (ended_by >= 0) {
		*ret_status = ended_by;
		return 0;
	}
	if (last.kind == REPORT_FAILED) {
		make_decent(&last);
		*ret_status = last.status;
		if (err)
			*err = last.err;
		return last.err.code;
	}
	if (a->started && pid > 0 && WIFEXITED(wstatus)) {
		*ret_status = WEXITSTATUS(wstatus);
		return 0;
	}
	/* Somebody outside, or the kernel when memory ran out, has killed the box. */
	*ret_status = pid > 0 && WIFSIGNALED(wstatus) ? 128 + WTERMSIG(wstatus) : MKR_EXIT_LAUNCHER;
	return *ret_status == MKR_EXIT_LAUNCHER
		? mkr_failx(err, -EIO, "the init of the box ended without a word")
		: 0;
}
