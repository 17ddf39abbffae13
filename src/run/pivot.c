#include "run/pivot.h"

#include "base/cleanup.h"
#include "run/carry.h"
#include "run/cgroup_file.h"
#include "run/mountinfo.h"
#include "run/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

DEFINE_CLEANUP(arena, arena_free);

/* The old root lies on the new one now, and on the old one what was attached to "/" before the new
 * root was: the folder for the changes, ROOT with other ids. umount2(2) takes what is on top, so
 * that is not done at once. As long as there is anything, each ".." that arrives at the top of the
 * new root goes on into what lies there: step_into() in fs/namei.c. */
static int let_go_of_old_root(struct mkr_error *err)
{
	uint64_t new_root, top;
	int r = mount_id(AT_FDCWD, "", &new_root);
	while (r == 0 && (r = mount_id(AT_FDCWD, "/..", &top)) == 0 && top != new_root)
		if (sys_umount2("/..", MNT_DETACH) < 0)
			r = -errno;
	return r < 0 ? mkr_fail(err, r, "cannot let go of the old root") : 0;
}

bool mount_is_initramfs(const char *mountinfo, uint64_t id)
{
	struct str rest = str_from(mountinfo), line;
	struct mount_line m;
	while (str_split(&rest, "\n", &line))
		if (mount_line_parse(&m, line) && m.id == id)
			return str_eq(m.type, STR("rootfs"));
	return false;
}

static bool old_root_is_initramfs(void)
{
	cleanup_(arena) struct arena *arena = arena_new();
	const char *text;
	uint64_t id;
	return mount_id(AT_FDCWD, "/", &id) == 0 &&
		read_text(&text, arena, AT_FDCWD, "/proc/self/mountinfo") == 0 &&
		mount_is_initramfs(text, id);
}

/* It says EINVAL where the old root is the initramfs, the one mount that lies on nothing and cannot
 * be moved. There the new root, which lies on it, needs only to be entered: what pivot_root(2)
 * leaves on any other machine is just that, the new root on top of the initramfs. No ".." leads
 * below it, also not for who has left his root by a second chroot(2): the walk up ends at the
 * topmost of the mounts at the very bottom (choose_mountpoint() in fs/namei.c). */
static int enter_above_initramfs(int code, struct mkr_error *err)
{
	if (code != -EINVAL)
		return mkr_fail(err, code, "pivot_root");
	if (!old_root_is_initramfs()) {
		mkr_fail(err, code, "pivot_root");
		mkr_detail(err, "cause",
			"the root that mkroot runs in is no mount that can be moved, and not the "
			"initramfs");
		return code;
	}
	return chroot(".") < 0 ? mkr_fail(err, -errno, "cannot make the new root the root") : 0;
}

/* pivot_root(2), NOTES: with "." for both the old root ends up on top of the new one, where "."
 * still is, and can be detached without a folder to put it in. */
int carry_pivot(struct stage *s, struct mkr_error *err)
{
	int r = room_seal(s, err);
	if (r < 0)
		return r;
	if (fchdir(s->root) < 0)
		return mkr_fail(err, -errno, "cannot enter the new root");
	r = sys_pivot_root(".", ".") == 0 ? let_go_of_old_root(err)
					  : enter_above_initramfs(-errno, err);
	if (r < 0)
		return r;
	if (chdir("/") < 0)
		return mkr_fail(err, -errno, "cannot enter the new root");
	return 0;
}
