#include "run/stage.h"

#include "base/cleanup.h"
#include "base/str.h"
#include "run/carry.h"
#include "run/mount.h"
#include "run/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

static int make_private(struct mkr_error *err)
{
	/* Private, not slave: what is mounted below ROOT outside later must not appear inside. */
	if (sys_mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
		return 0;
	int code = -errno;
	mkr_fail(err, code, "cannot make the mounts private");
	if (code == -EINVAL)
		mkr_detail(err, "cause", "'/' is not a mount point: mkroot runs in a chroot");
	return code;
}

int attach_root(struct stage *s, int mount, const char *what, struct mkr_error *err)
{
	if (mount < 0)
		return mkr_fail(err, mount, "cannot %s the root", what);
	s->root = mount;
	if (sys_move_mount(mount, AT_FDCWD, "/", 0) < 0)
		return mkr_fail(err, -errno, "cannot attach the new root");
	return 0;
}

/* A mount that the launcher has made is not in this namespace yet: it gets a place below the new
 * root, where pivot_root(2) takes it away. */
int open_from(struct stage *s, struct mkr_error *err)
{
	if (s->from >= 0)
		return 0;
	if (*s->root_mount >= 0) {
		if (sys_move_mount(*s->root_mount, AT_FDCWD, "/", 0) < 0)
			return mkr_fail(err, -errno, "cannot attach the root with other ids");
		s->from = steal_fd(s->root_mount);
		return 0;
	}
	s->from = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return s->from < 0 ? mkr_fail(err, -errno, "cannot open the root") : 0;
}

static int bind_root(struct stage *s, const struct op *op, struct mkr_error *err)
{
	if (*s->root_mount < 0)
		return attach_root(s, mount_copy_all(AT_FDCWD, ".", op->flags), "bind", err);
	if (sys_mount_setattr(*s->root_mount, AT_EMPTY_PATH | AT_RECURSIVE, op->flags) < 0)
		return mkr_fail(err, -errno, "cannot bind the root");
	return attach_root(s, steal_fd(s->root_mount), "bind", err);
}

static int tmpfs_root(struct stage *s, const struct op *op, struct mkr_error *err)
{
	if (mkr_image_dir(s->img) >= 0) {
		int r = open_from(s, err);
		if (r < 0)
			return r;
	}
	char options[64];
	snprintf(options, sizeof(options), "mode=%04o%s%s", (unsigned)op->mode, op->data ? "," : "",
		op->data ? op->data : "");
	int r = attach_root(s, mount_new("tmpfs", options, op->flags), "make a tmpfs for", err);
	return r == 0 ? own_mount(s, s->root) : r;
}

static void forget_above(struct stage *s)
{
	if (s->above >= 0)
		close(s->above);
	s->above = -1;
}

int folder_above(struct stage *s, const char *path, const char **ret_name, struct mkr_error *err)
{
	*ret_name = base_name(path);
	const struct str folder = { path, (size_t)(*ret_name - path) }; /* with its slash */
	char name[PATH_MAX];
	if (folder.n == 0)
		return s->root;
	if (s->above >= 0 && str_eq(folder, s->above_path))
		return s->above;
	if (folder.n >= sizeof(name))
		return mkr_fail(err, -ENAMETOOLONG, "'/%s'", path);
	memcpy(name, path, folder.n);
	name[folder.n - 1] = '\0';
	int fd = open_below(s->root, name, O_DIRECTORY);
	if (fd < 0)
		return mkr_fail(err, fd, "cannot open the folder above '/%s'", path);
	forget_above(s);
	s->above = fd;
	s->above_path = folder;
	return fd;
}

int attach_at(const struct stage *s, int mount, const char *path, int flags, struct mkr_error *err)
{
	cleanup_fd int target = open_below(s->root, path, flags);
	int r = target < 0 ? target : mount_attach(mount, target);
	return r < 0 ? mkr_fail(err, r, "cannot mount on '/%s'", path) : 0;
}

static int bind_entry(struct stage *s, const struct op *op, struct mkr_error *err)
{
	cleanup_fd int mount = mount_copy_all(s->from, op->path, op->flags);
	if (mount < 0)
		return mkr_fail(err, mount, "cannot bind '/%s'", op->path);
	mode_t mode = op->is_dir ? 0755 : 0644;
	int r = op->is_dir ? mkdirat(s->root, op->path, mode)
			   : mknodat(s->root, op->path, S_IFREG | mode, 0);
	if (r < 0)
		return mkr_fail(err, -errno, "cannot make '/%s'", op->path);
	s->bound++;
	return attach_at(s, mount, op->path, op->is_dir ? O_DIRECTORY : 0, err);
}

static int make_link(struct stage *s, const struct op *op, struct mkr_error *err)
{
	const char *name;
	int dir = folder_above(s, op->path, &name, err);
	if (dir < 0)
		return dir;
	if (symlinkat(op->from, dir, name) < 0)
		return mkr_fail(err, -errno, "cannot make the link '/%s'", op->path);
	return 0;
}

/* A link or a file that an archive has in the place of /dev or /proc gives way: it is our tmpfs. */
static int make_dir(struct stage *s, const struct op *op, struct mkr_error *err)
{
	const char *name;
	int dir = folder_above(s, op->path, &name, err);
	if (dir < 0)
		return dir;
	struct stat st;
	int r = mkdirat(dir, name, op->mode);
	if (r < 0 && errno == EEXIST) {
		if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode))
			return 0;
		r = unlinkat(dir, name, 0);
		if (r == 0)
			r = mkdirat(dir, name, op->mode);
	}
	return r < 0 ? mkr_fail(err, -errno, "cannot make the folder '/%s'", op->path) : 0;
}

/* Without a terminal there is no console, as with docker. */
static int make_console(struct stage *s, const struct op *op, struct mkr_error *err)
{
	const char *name;
	if (!s->console)
		return 0;
	int dir = folder_above(s, op->path, &name, err);
	if (dir < 0)
		return dir;
	int fd = mknodat(dir, name, S_IFREG, 0) < 0
		? -1
		: openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return mkr_fail(err, -errno, "cannot make '/%s'", op->path);
	*s->console = fd;
	return 0;
}

static int mount_fresh(struct stage *s, const struct op *op, struct mkr_error *err)
{
	cleanup_fd int mount = mount_new(op->from, op->data, op->flags);
	if (mount < 0 && op->optional)
		return 0;
	/* Without what is not of processes it gives nothing away that is hidden outside. */
	if (mount == -EPERM && strcmp(op->from, "proc") == 0)
		mount = mount_new(op->from, "subset=pid", op->flags);
	if (mount < 0) {
		mkr_fail(err, mount, "cannot mount a fresh %s on '/%s'", op->from, op->path);
		/* mount_too_revealing() in fs/namespace.c */
		if (mount == -EPERM && strcmp(op->from, "proc") == 0)
			mkr_detail(err, "cause",
				"the /proc outside is partly hidden, as in a container: the kernel "
				"gives no whole one to a user namespace inside it");
		return mount;
	}
	cleanup_fd int target = open_below(s->root, op->path, O_DIRECTORY);
	int r = target < 0 ? target : mount_attach(mount, target);
	if (r < 0)
		return mkr_fail(err, r, "cannot mount on '/%s'", op->path);
	/* Our own folder, into which no path leads from now on: it stays empty. */
	if (strcmp(op->from, "devpts") == 0)
		s->empty = steal_fd(&target);
	return strcmp(op->from, "tmpfs") == 0 ? own_mount(s, mount) : 0;
}

/* The mount that `path` is the root of, alone: not what is mounted below it. */
static int add_flags(const struct stage *s, const struct op *op, struct mkr_error *err)
{
	cleanup_fd int mount = open_below(s->root, op->path, O_DIRECTORY);
	if (mount < 0)
		return mkr_fail(err, mount, "cannot open '/%s'", op->path);
	if (sys_mount_setattr(mount, AT_EMPTY_PATH, op->flags) < 0)
		return mkr_fail(err, -errno, "cannot seal '/%s'", op->path);
	return 0;
}

static int raise_loopback(struct mkr_error *err)
{
	cleanup_fd int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return errno == EAFNOSUPPORT ? 0 : mkr_fail(err, -errno, "cannot raise lo");
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	return ioctl(fd, SIOCSIFFLAGS, &lo) < 0 ? mkr_fail(err, -errno, "cannot raise lo") : 0;
}

static int carry_out(struct stage *s, const struct op *op, struct mkr_error *err)
{
	switch (op->kind) {
	case OP_PRIVATE:
		return make_private(err);
	case OP_BIND_ROOT:
		return bind_root(s, op, err);
	case OP_TMPFS_ROOT:
		return tmpfs_root(s, op, err);
	case OP_UNPACK:
		return mkr_image_unpack(s->img, s->root, s->owners, err);
	case OP_OVERLAY:
		return carry_overlay(s, op, err);
	case OP_BIND:
		return bind_entry(s, op, err);
	case OP_BELOW:
		return carry_below(s, err);
	case OP_LINK:
		return make_link(s, op, err);
	case OP_DIR:
		return make_dir(s, op, err);
	case OP_MOUNT:
		return mount_fresh(s, op, err);
	case OP_DEVICE:
		return carry_device(s, op, err);
	case OP_CONSOLE:
		return make_console(s, op, err);
	case OP_VOLUME:
		return carry_volume(s, op, err);
	case OP_NODE:
		return carry_node(s, op, err);
	case OP_HOST_SYS:
		return carry_host_sys(s, op, err);
	case OP_MASK:
		return carry_mask(s, op, err);
	case OP_READONLY:
		return carry_readonly(s, op, err);
	case OP_FLAGS:
		return add_flags(s, op, err);
	case OP_SEAL:
		if (sys_mount_setattr(s->root, AT_EMPTY_PATH, OP_RO) < 0)
			return mkr_fail(err, -errno, "cannot make '/' read-only");
		return 0;
	case OP_PIVOT:
		return carry_pivot(s, err);
	case OP_HOSTNAME:
		if (sethostname(op->from, strlen(op->from)) < 0)
			return mkr_fail(err, -errno, "cannot set the hostname '%s'", op->from);
		return 0;
	case OP_LOOPBACK:
		return raise_loopback(err);
	}
	return -EINVAL;
}

static bool makes_an_entry(enum op_kind kind)
{
	return kind == OP_LINK || kind == OP_DIR || kind == OP_DEVICE || kind == OP_CONSOLE;
}

static void let_go(const struct stage *s)
{
	const int held[] = { s->from, s->root, s->above, s->empty, s->mask, s->null };
	for (size_t i = 0; i < sizeof(held) / sizeof(*held); i++)
		if (held[i] >= 0)
			close(held[i]);
	for (size_t i = 0; i < s->skeletons.n; i++)
		close(s->skeletons.at[i]);
	vec_free(&s->skeletons);
	vec_free(&s->ours);
}

int stage_ops(const struct ops *ops, const struct mkr_image *img, const struct stage_ids *ids,
	struct mkr_error *err)
{
	struct stage s = { .img = img,
		.owners = ids->owners,
		.userns = ids->userns,
		.root_mount = ids->root_mount,
		.console = ids->console,
		.from = -1,
		.root = -1,
		.above = -1,
		.empty = -1,
		.mask = -1,
		.null = -1 };
	int r = 0;
	for (size_t i = 0; r == 0 && i < ops->list.n; i++) {
		if (!makes_an_entry(ops->list.at[i].kind))
			forget_above(&s); /* what is mounted may hide it */
		r = carry_out(&s, &ops->list.at[i], err);
	}
	let_go(&s);
	return r;
}
