#include "run/mount.h"

#include "base/cleanup.h"
#include "base/str.h"
#include "run/op.h"
#include "run/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/stat.h>

enum {
	BOTH = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
	OURS = OP_RO | OP_NOSUID | OP_NODEV | OP_NOEXEC,
};
_Static_assert(OURS == (int)BOTH, "op.h has the values of <linux/mount.h>");

static int open_step_by_step(int root, const char *path, int flags)
{
	struct str rest = str_from(path), part;
	cleanup_fd int at = -1;
	while (str_split(&rest, "/", &part)) {
		char name[NAME_MAX + 1];
		if (part.n > NAME_MAX)
			return -ENAMETOOLONG;
		memcpy(name, part.p, part.n);
		name[part.n] = '\0';
		int more = rest.p ? O_DIRECTORY : flags;
		int fd = openat(at >= 0 ? at : root, name, O_PATH | O_NOFOLLOW | O_CLOEXEC | more);
		if (fd < 0)
			return -errno;
		if (at >= 0)
			close(at);
		at = fd;
	}
	return steal_fd(&at);
}

int open_below(int root, const char *path, int flags)
{
	struct open_how how = { .flags = (uint64_t)(O_PATH | O_NOFOLLOW | O_CLOEXEC | flags),
		.resolve = RESOLVE_NO_SYMLINKS };
	int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
	if (fd >= 0)
		return fd;
	/* A kernel before Linux 5.6, or a filter. */
	return errno == ENOSYS || errno == EPERM ? open_step_by_step(root, path, flags) : -errno;
}

int mount_kind(int dir, const char *name)
{
	struct statx x;
	if (statx(dir, name, AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC, STATX_TYPE, &x) < 0)
		return -errno;
	return x.stx_mode & S_IFMT;
}

static int set_option(int fs, struct str option)
{
	char key[64];
	if (option.n >= sizeof(key))
		return -EINVAL;
	memcpy(key, option.p, option.n);
	key[option.n] = '\0';
	char *value = strchr(key, '=');
	unsigned how = FSCONFIG_SET_FLAG;
	if (value) {
		*value++ = '\0';
		how = FSCONFIG_SET_STRING;
	}
	return syscall(SYS_fsconfig, fs, how, key, value, 0) < 0 ? -errno : 0;
}

int mount_new(const char *type, const char *options, unsigned flags)
{
	cleanup_fd int fs = (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC);
	if (fs < 0)
		return -errno;
	struct str rest = options ? str_from(options) : (struct str){ 0 }, option;
	while (rest.p && str_split(&rest, ",", &option)) {
		int r = set_option(fs, option);
		if (r < 0)
			return r;
	}
	if (syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	int mount = (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, flags);
	return mount < 0 ? -errno : mount;
}

static int copy(int dir, const char *path, unsigned deep, unsigned flags)
{
	const unsigned how = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW |
		(*path ? 0 : AT_EMPTY_PATH);
	cleanup_fd int tree = sys_open_tree(dir, path, how | deep);
	if (tree < 0)
		return -errno;
	if (flags && sys_mount_setattr(tree, AT_EMPTY_PATH | deep, flags) < 0)
		return -errno;
	return steal_fd(&tree);
}

int mount_copy(int dir, const char *path, unsigned flags)
{
	return copy(dir, path, 0, flags);
}

int mount_copy_all(int dir, const char *path, unsigned flags)
{
	return copy(dir, path, AT_RECURSIVE, flags);
}

int mount_attach(int mount, int target)
{
	return sys_move_mount(mount, target, "", MOVE_MOUNT_T_EMPTY_PATH) < 0 ? -errno : 0;
}
