#include "run/chroot.h"

#include "base/cleanup.h"
#include "run/command.h"
#include "run/environ.h"
#include "run/limits.h"
#include "run/mount.h"
#include "run/op.h"
#include "run/sys.h"
#include "run/user.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/stat.h>

DEFINE_CLEANUP(arena, arena_free);

/* An archive goes to a tmpfs that only this process sees, and that ends with it. */
static int unpack_to_tmpfs(const struct mkr_image *img, struct mkr_error *err)
{
	if (unshare(CLONE_NEWNS) < 0)
		return mkr_fail(err, -errno, "cannot make a mount namespace");
	if (sys_mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return mkr_fail(err, -errno, "cannot make the mounts private");
	cleanup_fd int fd = mount_new("tmpfs", "mode=0755", OP_NODEV);
	if (fd < 0)
		return mkr_fail(err, fd, "cannot make a tmpfs for the root");
	if (sys_move_mount(fd, AT_FDCWD, "/", 0) < 0)
		return mkr_fail(err, -errno, "cannot attach the new root");
	mode_t mask = umask(0);
	int r = mkr_image_unpack(img, fd, MKR_OWNERS_STORED, err);
	umask(mask);
	return r < 0 ? r : steal_fd(&fd);
}

/* None of them can be had without namespaces. */
static int check_box(const struct mkr_box *box, struct mkr_error *err)
{
	const struct {
		bool asked;
		const char *option;
	} options[] = {
		{ box->volumes && *box->volumes, "--volume" },
		{ box->tmpfs && *box->tmpfs, "--tmpfs" },
		{ box->devices && *box->devices, "--device" },
		{ box->userns, "--userns" },
		{ box->network, "--network" },
		{ box->time_offset, "--time-offset" },
		{ box->read_only, "--read-only" },
		{ box->ephemeral, "--ephemeral" },
		{ box->overlay, "--overlay" },
		{ box->ended, "--save" },
	};
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		if (options[i].asked)
			return mkr_failx(err, -EINVAL, "--chroot and %s do not go together",
				options[i].option);
	return 0;
}

/* Does not return on success. */
static int become(const struct mkr_box *box, const struct rights *rights, int *ret_status,
	struct mkr_error *err)
{
	cleanup_(arena) struct arena *a = arena_new();
	struct user user = { .home = "/" };
	int r = user_find(&user, a, box->user, err);
	if (r < 0)
		return r;
	struct mkr_box inside = *box;
	inside.env = environ_complete(a, box->env, user.home);
	mode_t mask = umask(0);
	/* Without --user the caller's groups stay, as with chroot(8). */
	struct command c = {
		.box = &inside, .rights = rights, .umask = mask, .user = box->user ? &user : NULL
	};
	struct command_failure failure;
	command_exec(&c, &failure);
	umask(mask);
	return command_explain(&c, &failure, ret_status, err);
}

int chroot_run(const struct mkr_image *img, const struct mkr_box *box, int *ret_status,
	struct mkr_error *err)
{
	if (geteuid() != 0) {
		mkr_failx(err, -EPERM, "only root can use --chroot");
		mkr_detail(err, "hint", "leave --chroot out: without it every user can run a root");
		return -EPERM;
	}
	int r = check_box(box, err);
	if (r < 0)
		return r;
	if (limits_need_cgroup(box->limits)) {
		mkr_failx(err, -EINVAL, "--chroot goes with no limit but --ulimit");
		mkr_detail(err, "cause",
			"mkroot itself becomes the command: nobody stays to remove the cgroup");
		return -EINVAL;
	}
	int dir = mkr_image_dir(img);
	cleanup_fd int made = dir < 0 ? unpack_to_tmpfs(img, err) : -1;
	if (dir < 0 && made < 0)
		return made;
	if (fchdir(dir < 0 ? made : dir) < 0 || chroot(".") < 0 || chdir("/") < 0)
		return mkr_fail(err, -errno, "cannot chroot into the root");
	struct rights rights;
	r = rights_prepare(&rights, box, true, err);
	/* The classic way out is a second chroot(2): a command that cannot call it has to know
	 * another. */
	rights.caps &= ~(UINT64_C(1) << CAP_SYS_CHROOT);
	if (r == 0)
		r = rights_enter(&rights, err);
	if (r == 0)
		r = become(box, &rights, ret_status, err);
	rights_free(&rights);
	return r;
}
