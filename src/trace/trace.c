/* Starts the command, takes note until it ends, and passes signals on. */
#include <mkroot/trace.h>

#include "base/cleanup.h"
#include "trace/filter.h"
#include "trace/guard.h"
#include "trace/internal.h"
#include "trace/serve.h"
#include "trace/start.h"
#include "trace/syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/uio.h>
#include <sys/wait.h>

enum { EXIT_OURS = 125, EXIT_NOEXEC = 126, EXIT_NOTFOUND = 127 };

DEFINE_CLEANUP(mkr_trace, mkr_trace_free);

struct run {
	struct started cmd;
	struct server server;
	int signals;
	sigset_t mask; /* the caller's */
	struct sigaction child_action;
	int failed; /* execve(2)'s word */
	bool ended;
	int wstatus;
};

void mkr_trace_free(struct mkr_trace *t)
{
	if (!t)
		return;
	HASH_CLEAR(hh, t->seen.all);
	wheres_free(t->wheres);
	mkr_uses_free(t->uses);
	vec_free(&t->left);
	arena_free(t->arena);
	free(t);
}

bool mkr_trace_unprivileged(const struct mkr_trace *t)
{
	return t->bare;
}

size_t mkr_trace_unseen(const struct mkr_trace *t)
{
	return t->unseen;
}

/* Files are stamped with a clock that moves in ticks (ktime_get_coarse_real_ts64() in the kernel):
 * from the next tick on, what is new is the command's. */
static struct timespec next_tick(void)
{
	struct timespec before, now, pause = { .tv_nsec = 500000 };
	clock_gettime(CLOCK_REALTIME_COARSE, &before);
	do {
		nanosleep(&pause, NULL);
		clock_gettime(CLOCK_REALTIME_COARSE, &now);
	} while (now.tv_sec == before.tv_sec && now.tv_nsec == before.tv_nsec);
	return now;
}

/* All that can be meant for the command. Not the stops that a terminal sends: they are for us too,
 * and not what a fault of our own raises. */
static void forwarded_signals(sigset_t *set)
{
	static const int kept[] = { SIGKILL, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGSEGV, SIGBUS,
		SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS };
	sigfillset(set);
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		sigdelset(set, kept[i]);
}

/* Collects all that ended: a caller that is asked to adopt has orphans too. */
static void reap(struct run *r)
{
	int status;
	pid_t pid;
	while ((pid = waitpid(-1, &status, WNOHANG | WUNTRACED)) > 0) {
		if (pid != r->cmd.pid)
			continue;
		if (WIFSTOPPED(status)) {
			/* The shell that started us is to see it; its SIGCONT comes back here. */
			kill(getpid(), SIGSTOP);
			continue;
		}
		r->ended = true;
		r->wstatus = status;
	}
}

static void pass_signal(struct run *r)
{
	struct signalfd_siginfo info;
	if (read(r->signals, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGCHLD)
		reap(r);
	else if (info.ssi_code != SI_KERNEL) /* a terminal tells its whole foreground itself */
		kill(r->cmd.pid, (int)info.ssi_signo);
}

static int look_after(struct run *r, struct mkr_error *err)
{
	struct pollfd p[] = { { .fd = r->cmd.listener, .events = POLLIN },
		{ .fd = r->signals, .events = POLLIN }, { .fd = r->cmd.link, .events = POLLIN } };
	while (!r->ended) {
		if (poll(p, 3, -1) < 0) {
			if (errno == EINTR)
				continue;
			return mkr_fail(err, -errno, "poll");
		}
		if (p[0].revents & POLLIN) {
			int served = server_serve(&r->server);
			if (served < 0)
				return mkr_fail(err, served, "seccomp_unotify");
		} else if (p[0].revents) {
			p[0].fd = -1; /* all have ended */
		}
		if (p[2].revents) {
			r->failed = start_outcome(&r->cmd);
			p[2].fd = -1;
		}
		if (p[1].revents)
			pass_signal(r);
	}
	if (p[2].fd >= 0) /* it ended after poll(2) had looked */
		r->failed = start_outcome(&r->cmd);
	return 0;
}

static int yama_scope(void)
{
	char text[16] = "";
	cleanup_fd int fd = open("/proc/sys/kernel/yama/ptrace_scope", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
	return n > 0 ? (int)strtol(text, NULL, 10) : 0;
}

/* Can we read its paths? It is a copy of ourselves: what stands here stands there. */
static int check_memory(pid_t pid, struct mkr_error *err)
{
	char here = 0;
	struct iovec to = { &here, 1 }, from = { &here, 1 };
	if (process_vm_readv(pid, &to, 1, &from, 1, 0) == 1)
		return 0;
	int r = mkr_fail(err, -errno, "cannot read the command's memory");
	int scope = yama_scope();
	if (scope >= 2)
		mkr_detail(err, "cause", "kernel.yama.ptrace_scope = %d", scope);
	else
		mkr_detail(err, "cause", "a container's rules forbid process_vm_readv(2) here");
	return r;
}

static int begin(struct mkr_trace *t, struct run *r, int *ret_rope, struct mkr_error *err)
{
	if (!filter_can_continue(r->cmd.listener)) {
		mkr_failx(err, -ENOSYS, "this kernel cannot tell of calls and let them go on");
		filter_explain(err, -ENOSYS);
		return -ENOSYS;
	}
	int c = check_memory(r->cmd.pid, err);
	if (c == 0)
		c = server_open(&r->server, r->cmd.listener, err);
	if (c == 0)
		c = guard_start(r->cmd.listener, ret_rope, err);
	if (c < 0)
		return c;
	t->bare = r->cmd.bare;
	t->wheres = wheres_new();
	r->server.wheres = t->wheres;
	r->server.seen = &t->seen;
	t->began = next_tick();
	return start_go(&r->cmd, err);
}

static int not_executed(const struct run *r, const char *name, int *ret, struct mkr_error *err)
{
	*ret = r->failed == -ENOENT ? EXIT_NOTFOUND : EXIT_NOEXEC;
	struct stat st;
	if (r->failed == -ENOENT && !strchr(name, '/'))
		return mkr_failx(err, -ENOENT, "'%s' not found in PATH", name);
	mkr_fail(err, r->failed, "cannot execute '%s'", name);
	if (r->failed == -ENOENT && stat(name, &st) == 0)
		mkr_detail(err, "cause", "it is there, but the program that runs it is not");
	return r->failed;
}

static int run(struct mkr_trace *t, const char *const argv[], struct run *r, int *ret,
	struct mkr_error *err)
{
	size_t n;
	call_arches(&n);
	if (n == 0)
		return mkr_failx(err, -ENOSYS, "the calls of this machine are not known yet");
	int c = start_command(&r->cmd, argv, &r->mask, &r->child_action, err);
	if (c < 0)
		return c;
	cleanup_fd int link = r->cmd.link, listener = r->cmd.listener, rope = -1;
	(void)link; /* closed at the end, whatever comes */
	(void)listener;
	c = begin(t, r, &rope, err);
	if (c == 0)
		c = look_after(r, err);
	server_close(&r->server);
	t->unseen = r->server.unseen;
	if (c < 0 && !r->ended) {
		kill(r->cmd.pid, SIGKILL);
		waitpid(r->cmd.pid, NULL, 0);
	}
	if (c < 0)
		return c;
	if (r->failed)
		return not_executed(r, argv[0], ret, err);
	if (t->seen.full)
		return mkr_failx(err, -EFBIG, "the command looked for too many files");
	*ret = r->wstatus;
	return 0;
}

int mkr_trace(
	struct mkr_trace **out, const char *const argv[], int *ret_wstatus, struct mkr_error *err)
{
	struct run r = { .signals = -1 };
	sigset_t watched;
	int adopts = 0;
	cleanup_(mkr_trace) struct mkr_trace *t = calloc(1, sizeof(*t));
	if (!t)
		out_of_memory();
	t->arena = arena_new();
	t->seen.arena = t->arena;
	*ret_wstatus = EXIT_OURS;
	forwarded_signals(&watched);
	sigprocmask(SIG_BLOCK, &watched, &r.mask);
	/* A caller that ignores it would have our children vanish. */
	sigaction(SIGCHLD, &(struct sigaction){ .sa_handler = SIG_DFL }, &r.child_action);
	/* Yama's scope 1 lets us read the memory of descendants only, and orphans were none. */
	prctl(PR_GET_CHILD_SUBREAPER, &adopts, 0, 0, 0);
	bool adopt = !adopts && geteuid() != 0 && yama_scope() == 1;
	if (adopt)
		prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	cleanup_fd int signals = signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
	r.signals = signals;
	int c = signals < 0 ? mkr_fail(err, -errno, "signalfd")
			    : run(t, argv, &r, ret_wstatus, err);
	if (adopt)
		prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
	sigaction(SIGCHLD, &r.child_action, NULL);
	sigprocmask(SIG_SETMASK, &r.mask, NULL);
	if (c == 0)
		*out = steal_ptr(&t);
	return c;
}
