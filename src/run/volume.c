/* Volumes and what else comes from the host, masks and what is read-only. */
#include "run/carry.h"

#include "base/cleanup.h"
#include "run/mount.h"
#include "run/host_file.h"
#include "run/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

int carry_volume(struct stage *s, const struct op *op, struct mkr_error *err)
{
	cleanup_fd int mount = -1;
	if (op->source) {
		mount = host_file_mount(op->source, op->flags, err);
	} else {
		mount = mount_new("tmpfs", op->data, op->flags);
		if (mount < 0)
			mkr_fail(err, mount, "cannot mount a tmpfs on '/%s'", op->path);
	}
	if (mount < 0)
		return mount;
	bool is_dir = !op->source || S_ISDIR(op->source->st.st_mode);
	cleanup_fd int target = room_for(s, op->path, is_dir, op->replace, err);
	if (target < 0)
		return target;
	int r = mount_attach(mount, target);
	if (r < 0)
		return mkr_fail(err, r, "cannot mount on '/%s'", op->path);
	if (!op->source && !(op->flags & OP_RO))
		r = own_mount(s, mount);
	return r < 0 ? mkr_fail(err, r, "'/%s'", op->path) : 0;
}

/* With a network that belongs to another user namespace there is no sysfs of one's own. */
int carry_host_sys(struct stage *s, const struct op *op, struct mkr_error *err)
{
	cleanup_fd int there = open_below(s->root, op->path, O_DIRECTORY);
	cleanup_fd int kernel = there < 0 ? -1 : openat(there, "kernel", O_PATH | O_CLOEXEC);
	if (kernel >= 0)
		return 0;
	cleanup_fd int mount =
		sys_open_tree(AT_FDCWD, "/sys", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
	if (mount < 0 ||
		sys_mount_setattr(mount, AT_EMPTY_PATH | AT_RECURSIVE,
			OP_RO | OP_NOSUID | OP_NODEV | OP_NOEXEC) < 0)
		return 0; /* as without it */
	return attach_at(s, mount, op->path, O_DIRECTORY, err);
}

static int make_mask(const struct stage *s, bool is_dir, struct mkr_error *err)
{
	int mount;
	if (!is_dir)
		mount = mount_copy(s->null, "", OP_RO | OP_NOSUID | OP_NOEXEC);
	else if (s->mask >= 0)
		mount = mount_copy(s->mask, "", 0); /* with the flags of that one */
	else
		mount = mount_copy(s->empty, "", OP_RO | OP_NOSUID | OP_NODEV | OP_NOEXEC);
	return mount < 0 ? mkr_fail(err, mount, "cannot make a mask") : mount;
}

static int mask_one(struct stage *s, const char *path, struct mkr_error *err)
{
	struct stat st;
	cleanup_fd int target = open_below(s->root, path, 0);
	if (target < 0 || fstat(target, &st) < 0)
		return target < 0 ? target : -errno;
	bool is_dir = S_ISDIR(st.st_mode);
	cleanup_fd int mount = make_mask(s, is_dir, err);
	if (mount < 0)
		return mount;
	int r = mount_attach(mount, target);
	if (r == 0 && is_dir && s->mask < 0)
		s->mask = steal_fd(&mount);
	return r;
}

/* One that is offline has its folder, without what is to be masked in it. */
static int mask_cpus(
	struct stage *s, const char *before, size_t n, const char *after, struct mkr_error *err)
{
	char path[PATH_MAX];
	for (unsigned i = 0;; i++) {
		snprintf(path, sizeof(path), "%.*s%u%s", (int)n, before, i, after);
		int r = mask_one(s, path, err);
		if (r < 0 && r != -ENOENT)
			return r;
		snprintf(path, sizeof(path), "%.*s%u", (int)n, before, i);
		cleanup_fd int folder = r < 0 ? open_below(s->root, path, O_DIRECTORY) : -1;
		if (r < 0 && folder < 0)
			return folder;
	}
}

int carry_mask(struct stage *s, const struct op *op, struct mkr_error *err)
{
	const char *star = strchr(op->path, '*');
	int r = star ? mask_cpus(s, op->path, (size_t)(star - op->path), star + 1, err)
		     : mask_one(s, op->path, err);
	if (r == 0 || (r == -ENOENT && op->optional))
		return 0; /* not every kernel has it */
	return mkr_fail(err, r, "cannot mask '/%s'", op->path);
}

int carry_readonly(struct stage *s, const struct op *op, struct mkr_error *err)
{
	cleanup_fd int target = open_below(s->root, op->path, 0);
	if (target == -ENOENT && op->optional)
		return 0; /* not every kernel has it */
	if (target < 0)
		return mkr_fail(err, target, "cannot open '/%s'", op->path);
	cleanup_fd int mount = mount_copy(target, "", OP_RO | OP_NOSUID | OP_NODEV | OP_NOEXEC);
	int r = mount < 0 ? mount : mount_attach(mount, target);
	return r < 0 ? mkr_fail(err, r, "cannot make '/%s' read-only", op->path) : 0;
}
