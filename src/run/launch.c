/* The launcher's side of mkr_run(): starts the init, passes signals in, waits. */
#include "base/cleanup.h"
#include "run/attend.h"
#include "run/cgroup.h"
#include "run/chroot.h"
#include "run/init.h"
#include "run/ns.h"
#include "run/outside.h"
#include "run/sys.h"
#include "run/view.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

DEFINE_CLEANUP(arena, arena_free);
DEFINE_CLEANUP(cgroup, cgroup_free);

/* A descriptor of a folder is a way out of any root: "..", fchdir(2). */
static int check_std_fds(struct mkr_error *err)
{
	static const char *const names[] = { "input", "output", "error" };
	struct stat st;
	for (int fd = 0; fd < 3; fd++) {
		if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
			mkr_failx(err, -EISDIR, "standard %s is a folder", names[fd]);
			mkr_detail(err, "cause", "the command could leave the root through it");
			return -EISDIR;
		}
	}
	return 0;
}

static int start(struct attend *l, struct init *in, int links[2], struct mkr_error *err)
{
	uint64_t flags = CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC;
	if (!in->view->host_network)
		flags |= CLONE_NEWNET;
	if (in->userns)
		flags |= CLONE_NEWUSER;
	if (!in->group)
		flags |= CLONE_NEWCGROUP; /* else of the new group, which clone(2) would not take */
	l->init = ns_fork(flags, cgroup_v2_folder(in->group), &in->into_group);
	if (l->init == 0) {
		close(links[0]);
		init_main(in);
	}
	/* clone(2), ERRORS: what only the group can be the cause of. */
	if (in->group &&
		(l->init == -EACCES || l->init == -EBUSY || l->init == -ENODEV ||
			l->init == -EOPNOTSUPP))
		return mkr_fail(err, l->init, "cannot start the box in its cgroup");
	if (l->init < 0 && in->userns) {
		mkr_failx(err, l->init, "this kernel does not let you create a user namespace");
		ns_explain(err);
		return l->init;
	}
	if (l->init < 0)
		return mkr_fail(err, l->init, "cannot make the namespaces");
	int r = outside_help(in->ids, in->view, in->img, l->init, l->link, err);
	if (r < 0) {
		kill(l->init, SIGKILL);
		waitpid(l->init, NULL, __WALL);
	}
	return r;
}

static const char **mount_points(const struct ops *ops)
{
	const char **list = calloc(ops->list.n + 1, sizeof(*list));
	size_t n = 0;
	if (!list)
		out_of_memory();
	for (size_t i = 0; i < ops->list.n; i++) {
		const struct op *op = &ops->list.at[i];
		bool makes = op->kind == OP_DIR || op->kind == OP_MOUNT || op->kind == OP_NODE ||
			op->kind == OP_VOLUME || op->kind == OP_HOST_SYS;
		if (makes)
			list[n++] = op->path;
	}
	return list;
}

/* What is left to do when the command has ended, whatever its status was. */
static int after(const struct attend *l, const struct init *in, struct mkr_error *err)
{
	const struct mkr_box *box = in->command.box;
	if (!box->ended || !l->started)
		return 0;
	int root = l->root >= 0 ? l->root : mkr_image_dir(in->img);
	cleanup_free const char **made = mount_points(in->ops);
	return outside_ended(box, root, l->userns, made, err);
}

/* A file system that he mounts himself has no "nodev", and nodes he may make. In a user namespace
 * every mount has it (mount_capable(), SB_I_NODEV in the kernel's fs/super.c). */
static bool may_mount(const struct init *in)
{
	return !in->userns && in->rights.caps >> CAP_SYS_ADMIN & 1;
}

/* The second wall around devices comes with any cgroup; --device and CAP_SYS_ADMIN alone ask for
 * one where it is to be had, and for less than all access to a device it has to be. */
static int make_group(struct cgroup **out, const struct init *in, struct mkr_error *err)
{
	const struct mkr_box *box = in->command.box;
	struct device_rules rules = { 0 };
	const bool asked = box->devices && *box->devices, privileged = ns_is_privileged();
	const bool limited = limits_need_cgroup(box->limits), mounts = may_mount(in);
	if (!limited && !asked && !mounts)
		return 0;
	int r = device_rules_make(&rules, box->devices, err);
	if (r == 0 && !privileged && rules.partly) {
		mkr_failx(err, -EPERM, "only root can hold back a part of the access to a device");
		r = -EPERM;
	}
	if (r == 0)
		r = cgroup_make(out, box->limits, privileged ? &rules : NULL, rules.partly, err);
	vec_free(&rules.list);
	if (r < 0 && !limited && !asked)
		r = 0;
	if (r == 0 && mounts && !cgroup_holds_devices(*out) && box->warn)
		box->warn("with SYS_ADMIN the command can open all devices of the host: "
			  "there is no cgroup here to forbid it");
	return r;
}

/* Starts the box and waits for its end. */
static int run_box(
	struct attend *l, struct init *in, int links[2], int *ret_status, struct mkr_error *err)
{
	int r = start(l, in, links, err);
	close(links[1]);
	links[1] = -1;
	if (r < 0)
		return r;
	for (size_t i = 0; i < in->command.box->n_keep_fds; i++)
		close(in->command.box->keep_fds[i]);
	l->in_group = in->group != NULL;
	return attend(l, ret_status, err);
}

/* Once the command runs that is its affair; before, it is why it does not. */
static int tell_oom(const struct attend *l, const struct init *in, int r, int *ret_status,
	struct mkr_error *err)
{
	unsigned kills = cgroup_oom_kills(in->group);
	if (kills && !l->started) {
		*ret_status = MKR_EXIT_LAUNCHER;
		r = mkr_failx(err, -ENOMEM, "setting up the root takes more than --memory gives");
		if (mkr_image_dir(in->img) < 0)
			mkr_detail(err, "cause", "what is unpacked lies in memory, and counts");
	} else if (in->command.box->ret_oom_kills) {
		*in->command.box->ret_oom_kills = kills;
	}
	return r;
}

static int launch(struct init *in, int *ret_status, struct mkr_error *err)
{
	int links[2];
	sigset_t set, mask; /* the caller's */
	struct attend l = {
		.root = -1, .userns = -1, .wants_root = in->command.box->ended != NULL
	};
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, links) < 0)
		return mkr_fail(err, -errno, "socketpair");
	attend_signals(&set);
	terminal_look(&l.terminal);
	in->pty = &l.terminal.wish;
	/* Blocked before the init is there, so that no signal falls between the two. */
	sigprocmask(SIG_BLOCK, &set, &mask);
	cleanup_fd int signals = signalfd(-1, &set, SFD_CLOEXEC);
	cleanup_(cgroup) struct cgroup *group = NULL;
	l.signals = signals;
	l.link = links[0];
	in->link = links[1];
	in->command.mask = &mask;
	in->command.own_group = true;
	in->command.foreground = in->pty->foreground;
	int r = signals < 0 ? mkr_fail(err, -errno, "signalfd") : make_group(&group, in, err);
	in->group = group;
	if (r == 0)
		r = run_box(&l, in, links, ret_status, err);
	r = tell_oom(&l, in, r, ret_status, err);
	terminal_end(&l.terminal, signals);
	cleanup_fd_(&links[0]);
	cleanup_fd_(&links[1]);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	if (r == 0) {
		r = after(&l, in, err);
		if (r < 0)
			*ret_status = MKR_EXIT_LAUNCHER;
	}
	if (l.root >= 0)
		close(l.root);
	if (l.userns >= 0)
		close(l.userns);
	in->command.mask = NULL;
	return r;
}

int mkr_run(const struct mkr_image *img, const struct mkr_box *box, int *ret_status,
	struct mkr_error *err)
{
	*ret_status = MKR_EXIT_LAUNCHER;
	struct time_offsets clocks;
	int r = check_std_fds(err);
	if (r == 0)
		r = time_offsets_parse(&clocks, box->time_offset, err);
	if (r < 0)
		return r;
	if (box->chroot)
		return chroot_run(img, box, ret_status, err);
	cleanup_(arena) struct arena *arena = arena_new();
	struct view view;
	struct idmap ids;
	struct ops ops = { 0 };
	r = view_look(&view, arena, img, box, false, err);
	if (r == 0)
		r = idmap_choose(&ids, box->userns, ns_is_privileged(), err);
	if (r == 0)
		r = outside_can_end(box, &view, &ids, err);
	if (r == 0) {
		box_ops(&ops, box, &view);
		mode_t mask = umask(0);
		umask(mask);
		struct init in = { .img = img,
			.ops = &ops,
			.userns = ids.kind != IDMAP_NONE,
			.ids = &ids,
			.clocks = &clocks,
			.view = &view,
			.command = { .box = box, .rights = &in.rights, .umask = mask } };
		r = rights_prepare(&in.rights, box, !in.userns, err);
		if (r == 0)
			r = launch(&in, ret_status, err);
		rights_free(&in.rights);
	}
	vec_free(&ops.list);
	view_free(&view);
	return r;
}
