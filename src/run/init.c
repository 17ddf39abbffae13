#include "run/init.h"

#include "base/cleanup.h"
#include "run/environ.h"
#include "run/fds.h"
#include "run/hand.h"
#include "run/link.h"
#include "run/ns.h"
#include "run/outside.h"
#include "run/pty.h"
#include "run/rights.h"
#include "run/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

static void send_report(int link, enum report_kind kind, int status)
{
	struct report r = { .kind = kind, .status = status };
	send(link, &r, offsetof(struct report, err), MSG_NOSIGNAL);
}

static void send_failure(int link, struct report *r)
{
	r->kind = REPORT_FAILED;
	send(link, r, sizeof(*r), MSG_NOSIGNAL);
}

/* PDEATHSIG alone leaves a window: set after the launcher's death it does nothing. The launcher's
 * end of the link closes before the kernel looks for children to tell (do_exit() in kernel/exit.c:
 * exit_files() before exit_notify()), so one of the two always works. */
static int tie_to_launcher(int link, struct mkr_error *err)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return mkr_fail(err, -errno, "cannot tie the box to the launcher");
	struct pollfd p = { .fd = link, .events = POLLIN };
	if (poll(&p, 1, 0) > 0 && (p.revents & POLLHUP))
		_exit(MKR_EXIT_LAUNCHER);
	return 0;
}

static int take_ids(const struct init *in, struct mkr_error *err)
{
	int r = in->ids->kind == IDMAP_SINGLE
		? ns_map_single(in->ids->caller_uid, in->ids->caller_gid, err)
		: outside_wait(in->ids, in->view, in->link, err);
	if (r < 0) {
		mkr_wrap(err, r, "user namespace");
		ns_explain(err);
		return r;
	}
	if (in->ids->kind == IDMAP_SINGLE)
		return 0;
	if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
		return mkr_fail(err, -errno, "cannot take the ids of the user namespace");
	return tie_to_launcher(in->link, err); /* other ids have cut that tie (prctl(2)) */
}

static int become(const struct init *in, struct mkr_error *err)
{
	int r = in->userns ? take_ids(in, err) : 0;
	if (r < 0)
		return r;
	if (!(in->userns && in->ids->kind == IDMAP_SINGLE) && setgroups(0, NULL) < 0 &&
		errno != EPERM)
		return mkr_fail(err, -errno, "cannot drop the caller's groups");
	/* From here on /proc/1 is closed to the command: what is in this memory is the caller's. */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return mkr_fail(err, -errno, "cannot hide the launcher's memory");
	return 0;
}

/* For who reads the root when all is over: it, without what is mounted in it, where it is no folder
 * of the host; and the namespace whose ids its files have. */
static int hand_root(const struct init *in, int userns, struct mkr_error *err)
{
	struct report r = { .kind = REPORT_ROOT };
	int fds[2];
	size_t n = 0;
	cleanup_fd int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return mkr_fail(err, -errno, "cannot open the new root");
	if (userns >= 0) {
		r.status |= REPORT_HAS_USERNS;
		fds[n++] = userns;
	}
	if (in->view->kind == VIEW_OVERLAY || in->view->kind == VIEW_ARCHIVE) {
		r.status |= REPORT_HAS_ROOT;
		fds[n++] = root;
	}
	int code = hand_out(in->link, &r, offsetof(struct report, err), fds, n);
	return code < 0 ? mkr_fail(err, code, "cannot hand the new root over") : 0;
}

/* Before anything else, so that all of the box counts. The namespace comes after that: its root is
 * the group it was made in, and what lies above is not to be seen. */
static int enter_group(const struct init *in, struct mkr_error *err)
{
	if (!in->group)
		return 0;
	int r = cgroup_join(in->group, in->into_group, err);
	if (r == 0 && unshare(CLONE_NEWCGROUP) < 0)
		r = mkr_fail(err, -errno, "cannot make a cgroup namespace");
	return r;
}

/* Of the host's terminal nothing is left in here. */
static int make_pty(const struct init *in, int console, struct mkr_error *err)
{
	const struct report r = { .kind = REPORT_PTY };
	cleanup_fd int master = pty_open(in->pty, console, err);
	if (master < 0)
		return master;
	int code = hand_out(in->link, &r, offsetof(struct report, err), &master, 1);
	return code < 0 ? mkr_fail(err, code, "cannot hand the terminal over") : 0;
}

/* The mount namespace comes last, with ROOT as working directory: unshare(2) moves that into the
 * copy of the mounts, where a descriptor from outside would still mean the old ones. */
static int set_up(const struct init *in, struct mkr_error *err)
{
	const bool tell = in->command.box->ended != NULL;
	/* A folder that the box has by idmapped mounts has the box's ids on the disk. */
	const bool tell_ids = tell && in->userns && in->ids->kind != IDMAP_RANGE;
	cleanup_fd int userns = tell_ids ? open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC) : -1;
	if (tell_ids && userns < 0)
		return mkr_fail(err, -errno, "cannot open '/proc/self/ns/user'");
	int r = tie_to_launcher(in->link, err);
	if (r == 0)
		r = enter_group(in, err);
	/* While /proc/self can be written to: becoming somebody ends that. */
	if (r == 0)
		r = time_offsets_enter(in->clocks, err);
	if (r == 0)
		r = become(in, err);
	if (r < 0)
		return r;
	int dir = mkr_image_dir(in->img);
	if (dir >= 0 && in->view->root_mount < 0 && fchdir(dir) < 0)
		return mkr_fail(err, -errno, "cannot enter the root");
	if (unshare(CLONE_NEWNS) < 0) {
		r = mkr_fail(err, -errno, "cannot make a mount namespace");
		if (in->userns)
			ns_explain(err);
		return r;
	}
	umask(0);
	cleanup_fd int console = -1;
	struct stage_ids ids = {
		.owners = in->userns && in->ids->kind == IDMAP_SINGLE ? MKR_OWNERS_CALLER
								      : MKR_OWNERS_STORED,
		.userns = in->userns,
		.root_mount = &in->view->root_mount,
		.console = in->pty->wanted ? &console : NULL,
	};
	r = stage_ops(in->ops, in->img, &ids, err);
	if (r == 0 && in->pty->wanted)
		r = make_pty(in, console, err);
	return r == 0 && tell ? hand_root(in, userns, err) : r;
}

/* Who the command is, and what of its environment the root decides. */
static int look_around(struct init *in, struct mkr_error *err)
{
	struct arena *a = arena_new(); /* ends with the process */
	int r = user_find(&in->user, a, in->command.box->user, err);
	if (r < 0)
		return r;
	if (in->userns && !idmap_has(in->ids, in->user.uid, in->user.gid)) {
		mkr_failx(err, -EINVAL, "there is no id %u:%u in the box's user namespace",
			in->user.uid, in->user.gid);
		if (in->ids->kind == IDMAP_SINGLE)
			mkr_detail(err, "cause",
				"an ordinary user has one id to give, and that is root inside; "
				"more come from newuidmap(1) and /etc/subuid");
		return -EINVAL;
	}
	in->box = *in->command.box;
	in->box.env = environ_complete(a, in->box.env, in->user.home);
	in->box.argv = arguments_copy(a, in->box.argv);
	in->box.workdir = in->box.workdir ? arena_dup(a, in->box.workdir) : NULL;
	in->box.user = in->box.user ? arena_dup(a, in->box.user) : NULL;
	in->command.box = &in->box;
	in->command.user = &in->user;
	environ_forget();
	arguments_forget(&in->arguments, "mkroot-init");
	return 0;
}

/* Nothing of the host's stays open in a process that the command can look at. */
static int keep_only(int *link, const struct mkr_box *box, struct mkr_error *err)
{
	int to = fds_above(box->keep_fds, box->n_keep_fds);
	if (*link != to && dup3(*link, to, O_CLOEXEC) < 0)
		return mkr_fail(err, -errno, "cannot move a descriptor");
	*link = to;
	int r = fds_close_others(box->keep_fds, box->n_keep_fds, to);
	return r < 0 ? mkr_fail(err, r, "cannot close inherited descriptors") : 0;
}

struct spawn {
	const struct command *command;
	struct command_failure failure;
};

static int run_command(void *arg)
{
	struct spawn *s = arg;
	struct command_failure tried;
	command_exec(s->command, &tried); /* writes also on the way to a success */
	s->failure = tried;
	return MKR_EXIT_LAUNCHER;
}

/* As vfork(2), on a stack of its own: the child borrows this process' memory until it executes.
 * There are no page tables to copy, and what it has to say of a failure is simply there. */
static pid_t spawn(struct spawn *s)
{
	_Alignas(16) char stack[128 * 1024];
	s->failure.code = 0;
	/* Stacks grow down on all machines but HP's PA-RISC. */
	pid_t pid = clone(run_command, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, s);
	return pid < 0 ? -errno : pid;
}

static int start(struct init *in, pid_t *ret_pid, struct report *out)
{
	struct spawn s = { .command = &in->command };
	send_report(in->link, REPORT_STARTED, 0);
	pid_t pid = spawn(&s);
	out->status = MKR_EXIT_LAUNCHER;
	if (pid == -EAGAIN && in->group)
		return mkr_failx(&out->err, pid,
			"--pids-limit leaves no room for the command: the init counts as well");
	if (pid < 0)
		return mkr_fail(&out->err, pid, "cannot fork");
	if (s.failure.code < 0) {
		waitpid(pid, NULL, 0);
		return command_explain(&in->command, &s.failure, &out->status, &out->err);
	}
	*ret_pid = pid;
	return 0;
}

/* Collects all that ended. True when the command was among it. */
static bool reap(const struct init *in, pid_t command, int *ret_status)
{
	int status;
	pid_t pid;
	while ((pid = waitpid(-1, &status, WNOHANG | WUNTRACED | __WALL)) > 0) {
		if (pid != command)
			continue;
		if (WIFSTOPPED(status)) {
			/* By Ctrl-Z, wherever it was typed. One that somebody inside has stopped
			 * is for those to continue: without a pty nobody outside may be there to.
			 */
			if (in->pty->wanted || WSTOPSIG(status) == SIGTSTP)
				send_report(in->link, REPORT_STOPPED, WSTOPSIG(status));
			continue;
		}
		*ret_status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
		return true;
	}
	return false;
}

/* One order of the launcher's. False: it is gone. */
static bool obey(const struct init *in, pid_t command)
{
	struct order o;
	if (recv(in->link, &o, sizeof(o), 0) != sizeof(o))
		return false;
	if (o.ground != GROUND_SAME && in->pty->wanted)
		tcsetpgrp(STDIN_FILENO, o.ground == GROUND_FORE ? command : getpgrp());
	kill(o.group ? -command : command, o.signal);
	return true;
}

static int look_after(const struct init *in, pid_t command, int children)
{
	struct pollfd p[] = { { .fd = children, .events = POLLIN },
		{ .fd = in->link, .events = POLLIN } };
	int status;
	for (;;) {
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return MKR_EXIT_LAUNCHER;
		struct signalfd_siginfo info;
		if (p[0].revents && read(children, &info, sizeof(info)) > 0 &&
			reap(in, command, &status))
			return status;
		if (p[1].revents && !obey(in, command))
			_exit(MKR_EXIT_LAUNCHER); /* and the kernel ends the whole namespace */
	}
}

void init_main(struct init *in)
{
	struct report report = { .status = MKR_EXIT_LAUNCHER };
	sigset_t all, child;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	/* The caller's terminal is no more the one of this session: nobody types into it from here
	 * (TIOCSTI), and Ctrl-C reaches the launcher, who passes it on. */
	setsid();
	signal(SIGCHLD, SIG_DFL); /* a caller that ignores it would have our children vanish */
	int r = arguments_find(&in->arguments, &report.err); /* /proc is the host's still */
	if (r == 0)
		r = set_up(in, &report.err);
	if (r == 0)
		r = rights_enter(&in->rights, &report.err);
	if (r == 0)
		r = keep_only(&in->link, in->command.box, &report.err);
	if (r == 0)
		r = look_around(in, &report.err);
	if (r == 0 && in->pty->wanted)
		r = pty_give(in->user.uid, &report.err);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	int children = r < 0 ? -1 : signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
	if (r == 0 && children < 0)
		r = mkr_fail(&report.err, -errno, "signalfd");
	pid_t command = 0;
	if (r == 0)
		r = start(in, &command, &report);
	if (r < 0) {
		send_failure(in->link, &report);
		_exit(report.status);
	}
	/* What was handed on is the command's alone: a pipe ends when it closes its end. */
	for (size_t i = 0; i < in->command.box->n_keep_fds; i++)
		close(in->command.box->keep_fds[i]);
	rights_keep(&in->rights);
	_exit(look_after(in, command, children));
}
