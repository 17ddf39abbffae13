/* Device nodes: those that every box has, and those that are asked for. */
#include "run/carry.h"

#include "base/cleanup.h"
#include "run/mount.h"
#include "run/host_file.h"
#include "run/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* Mounts a node of the host, read-only, which for a device means its inode alone. */
static int bind_node(int dir, const char *name, int mount)
{
	if (mknodat(dir, name, S_IFREG | 0444, 0) < 0)
		return -errno;
	cleanup_fd int target = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	return target < 0 ? -errno : mount_attach(mount, target);
}

/* Masks are copies of our own /dev/null: taken now, and not of what a volume puts there later, nor
 * of what lies there by then (CVE-2025-31133). */
static void keep_null(struct stage *s, dev_t number, int *mount)
{
	if (number == makedev(1, 3) && s->null < 0)
		s->null = steal_fd(mount);
}

/* A node of our own where that is allowed: a bound one is the host's, and chmod(1) on it would be
 * felt there. Where it is not (user namespaces, a devices cgroup), the host's is bound. Either way
 * it is a mount of its own: /dev itself becomes nodev, so that no node that is made there later
 * opens a device. */
int carry_device(struct stage *s, const struct op *op, struct mkr_error *err)
{
	const char *name;
	int dir = folder_above(s, op->path, &name, err);
	if (dir < 0)
		return dir;
	dev_t number = makedev(op->major, op->minor);
	if (mknodat(dir, name, S_IFCHR | 0666, number) == 0) {
		cleanup_fd int own = mount_copy(dir, name, 0);
		/* `name` was just made in our own tmpfs: it is no link. */
		if (own < 0 || sys_move_mount(own, dir, name, 0) < 0)
			return mkr_fail(err, own < 0 ? own : -errno, "cannot bind '/%s'", op->path);
		keep_null(s, number, &own);
		return 0;
	}
	if (errno != EPERM)
		return mkr_fail(err, -errno, "cannot make '/%s'", op->path);
	char host[64];
	snprintf(host, sizeof(host), "/%s", op->path);
	cleanup_fd int mount = mount_copy(AT_FDCWD, host, OP_RO | OP_NOSUID | OP_NOEXEC);
	struct stat st;
	if (mount < 0 || fstat(mount, &st) < 0)
		return mkr_fail(err, mount < 0 ? mount : -errno, "cannot bind '%s'", host);
	if (!S_ISCHR(st.st_mode) || st.st_rdev != number)
		return mkr_failx(err, -EINVAL, "'%s' of the host is not the device %u:%u", host,
			op->major, op->minor);
	int r = bind_node(dir, name, mount);
	if (r < 0)
		return mkr_fail(err, r, "cannot make '/%s'", op->path);
	keep_null(s, number, &mount);
	return 0;
}

/* The host's node itself, as a mount of its own, which opens the device wherever it is. */
int carry_node(struct stage *s, const struct op *op, struct mkr_error *err)
{
	cleanup_fd int mount = host_file_mount(op->source, OP_RO | OP_NOSUID | OP_NOEXEC, err);
	if (mount < 0)
		return mount;
	cleanup_fd int target = room_for(s, op->path, false, false, err);
	if (target < 0)
		return target;
	int r = mount_attach(mount, target);
	return r < 0 ? mkr_fail(err, r, "cannot mount on '/%s'", op->path) : 0;
}
