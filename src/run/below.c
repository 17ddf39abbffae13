/* What is mounted below ROOT comes along with it. */
#include "run/carry.h"

#include "base/cleanup.h"
#include "run/cgroup_file.h"
#include "run/mount.h"
#include "run/mountinfo.h"
#include "run/sys.h"
#include "run/view.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* <linux/mount.h> and <linux/stat.h> of Linux 6.8, which distributions' headers may not have yet.
 */
enum { LISTMOUNT = 458, MNT_ID_UNIQUE = 0x4000 };

struct list_request {
	uint32_t size, spare;
	uint64_t id, after;
};

DEFINE_CLEANUP(arena, arena_free);

/* Knobs of the whole machine, which the box has read-only in its own /proc and /sys. By name: who
 * is asked with statfs(2) may never answer. */
static bool is_the_kernels(const char *type)
{
	static const char *const types[] = { "proc", "sysfs", "cgroup", "cgroup2", "debugfs",
		"tracefs", "securityfs", "selinuxfs", "smackfs", "bpf", "pstore", "efivarfs",
		"binfmt_misc", "configfs", "fusectl", "nfsd", "resctrl", "rpc_pipefs", "xenfs" };
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (strcmp(type, types[i]) == 0)
			return true;
	return false;
}

/* True when the kernel says so; the list of all mounts, in which one would have to look, costs more
 * than a percent of a start. */
static bool has_none_but(const struct stage *s, size_t bound)
{
	struct statx x;
	uint64_t ids[64];
	if (bound >= sizeof(ids) / sizeof(*ids) ||
		statx(s->root, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, MNT_ID_UNIQUE, &x) < 0 ||
		!(x.stx_mask & MNT_ID_UNIQUE))
		return false;
	struct list_request request = { .size = sizeof(request), .id = x.stx_mnt_id };
	return syscall(LISTMOUNT, &request, ids, bound + 1, 0) == (long)bound;
}

static bool is_ours(const char *point)
{
	for (const char *const *m = view_mount_points; *m; m++)
		if (strcmp(point + 1, *m) == 0)
			return true;
	return false;
}

/* What lies where the box gets its own would lie below that, to be uncovered by who may unmount. In
 * a user namespace nothing that came from outside can be taken away. */
static bool take_away(int fd)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return sys_umount2(path, MNT_DETACH) == 0;
}

static int hold_back(const struct stage *s, const struct mount_below *m, struct mkr_error *err)
{
	const bool kernels = is_the_kernels(m->type), ours = is_ours(m->point);
	uint64_t id;
	if (!kernels && !ours)
		return 0;
	cleanup_fd int fd = open_below(s->root, m->point + 1, 0);
	if (fd < 0 || mount_id(fd, "", &id) < 0 || id != m->id)
		return 0; /* gone with what it was mounted on, or something else lies on it */
	if ((ours && take_away(fd)) || !kernels || sys_mount_setattr(fd, AT_EMPTY_PATH, OP_RO) == 0)
		return 0;
	return mkr_fail(err, -errno, "cannot make '%s' read-only", m->point);
}

int carry_below(struct stage *s, struct mkr_error *err)
{
	if (has_none_but(s, s->bound))
		return 0;
	cleanup_(arena) struct arena *arena = arena_new();
	struct mounts_below below = { 0 };
	const char *text;
	uint64_t top;
	int r = mount_id(s->root, "", &top);
	if (r == 0)
		r = read_text(&text, arena, AT_FDCWD, "/proc/self/mountinfo");
	if (r == 0)
		r = mounts_below(&below, arena, text, top);
	if (r < 0)
		mkr_fail(err, r, "cannot look up what is mounted below the root");
	for (size_t i = below.list.n; r == 0 && i-- > 0;) /* what lies on another comes after it */
		r = hold_back(s, &below.list.at[i], err);
	vec_free(&below.list);
	return r;
}
