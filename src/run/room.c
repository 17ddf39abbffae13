/* Room for a mount where ROOT has none, without changing ROOT. */
#include "run/carry.h"

#include "base/cleanup.h"
#include "base/str.h"
#include "os/walk.h"
#include "run/mount.h"
#include "run/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/vfs.h>

enum { ENTRIES_MAX = 10000, PROC_MAGIC = 0x9fa0 }; /* <linux/magic.h> */

int mount_id(int dir, const char *path, uint64_t *ret)
{
	/* The file system itself is not asked: it may be one that does not answer. */
	const int how = AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC;
	struct statx x = { 0 };
	if (statx(dir, path, how, STATX_MNT_ID, &x) < 0)
		return -errno;
	if (!(x.stx_mask & STATX_MNT_ID))
		return -EOPNOTSUPP; /* before Linux 5.8 */
	*ret = x.stx_mnt_id;
	return 0;
}

int own_mount(struct stage *s, int mount)
{
	uint64_t id = 0;
	int r = mount_id(mount, "", &id);
	if (r == 0)
		vec_push(&s->ours, id);
	return r;
}

static bool is_ours(const struct stage *s, int fd)
{
	uint64_t id = 0;
	if (mount_id(fd, "", &id) < 0)
		return false;
	for (size_t i = 0; i < s->ours.n; i++)
		if (s->ours.at[i] == id)
			return true;
	return false;
}

/* Links stay inside the root, and those of /proc are refused. */
static int open_inside(int root, const char *path)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
	for (int tries = 0; tries < 64; tries++) {
		int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
		if (fd >= 0)
			return fd;
		if (errno == ENOSYS || errno == EPERM) /* an old kernel, or a filter */
			return walk_path(root, path, true, NULL, NULL, NULL);
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
	}
	return -EAGAIN;
}

/* One entry of the folder that the skeleton stands for. */
static int bind_one(int from, int to, const char *name, struct mkr_error *err)
{
	const int kind = mount_kind(from, name);
	if (kind < 0)
		return kind == -ENOENT ? 0 : mkr_fail(err, kind, "cannot stat '%s'", name);
	if (kind == S_IFLNK) {
		char target[PATH_MAX];
		ssize_t n = readlinkat(from, name, target, sizeof(target) - 1);
		if (n < 0)
			return mkr_fail(err, -errno, "cannot read the link '%s'", name);
		target[n] = '\0';
		return symlinkat(target, to, name) < 0 ? mkr_fail(err, -errno, "link '%s'", name)
						       : 0;
	}
	/* With the mounts that are there already: the root is ours alone. */
	cleanup_fd int tree = sys_open_tree(from, name,
		OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE | AT_SYMLINK_NOFOLLOW);
	if (tree < 0)
		return mkr_fail(err, -errno, "cannot bind '%s'", name);
	int r = kind == S_IFDIR ? mkdirat(to, name, 0755) : mknodat(to, name, S_IFREG | 0644, 0);
	cleanup_fd int target = r < 0 ? -1 : openat(to, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (target < 0)
		return mkr_fail(err, -errno, "cannot make '%s'", name);
	r = mount_attach(tree, target);
	return r < 0 ? mkr_fail(err, r, "cannot bind '%s'", name) : 0;
}

static int bind_all(int from, int to, const char *without, struct mkr_error *err)
{
	cleanup_fd int fd = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return mkr_fail(err, -errno, "cannot list it");
	cleanup_dir DIR *list = fdopendir(fd);
	if (!list)
		return mkr_fail(err, -errno, "cannot list it");
	steal_fd(&fd); /* the stream's now */
	const struct dirent *d;
	size_t n = 0;
	int r = 0;
	while (r == 0 && (errno = 0, (d = readdir(list)))) {
		const char *name = d->d_name;
		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, without) == 0)
			continue;
		if (n++ == ENTRIES_MAX)
			return mkr_failx(err, -EFBIG, "more than %d entries", ENTRIES_MAX);
		r = bind_one(from, to, name, err);
	}
	return r;
}

/* A tmpfs in the place of the folder `fd`, with all that this holds. */
static int make_skeleton(struct stage *s, int fd, const char *without, struct mkr_error *err)
{
	struct stat st, top;
	if (fstat(fd, &st) < 0 || fstat(s->root, &top) < 0)
		return mkr_fail(err, -errno, "cannot stat it");
	if (st.st_dev == top.st_dev && st.st_ino == top.st_ino)
		return mkr_failx(
			err, -EROFS, "a link leads to the root's top, where none can be made");
	char options[32];
	snprintf(options, sizeof(options), "mode=%04o", (unsigned)(st.st_mode & 07777));
	cleanup_fd int made = mount_new("tmpfs", options, OP_NOSUID | OP_NODEV);
	if (made < 0)
		return mkr_fail(err, made, "cannot make a tmpfs");
	/* An owner that has no id here is nobody's to give. */
	if ((st.st_uid || st.st_gid) &&
		fchownat(made, "", st.st_uid, st.st_gid, AT_EMPTY_PATH) < 0 && errno != EINVAL &&
		errno != EPERM)
		return mkr_fail(err, -errno, "cannot give the tmpfs its owner");
	int r = mount_attach(made, fd);
	if (r < 0)
		return mkr_fail(err, r, "cannot mount a tmpfs");
	r = bind_all(fd, made, without, err);
	if (r == 0)
		r = own_mount(s, made);
	if (r < 0)
		return r;
	int kept = steal_fd(&made);
	vec_push(&s->skeletons, kept);
	return fcntl(kept, F_DUPFD_CLOEXEC, 3);
}

/* Makes one component in the folder *at, which it replaces by what it made. */
static int make_one(struct stage *s, int *at, const char *name, bool is_dir, bool replace,
	struct mkr_error *err)
{
	struct stat st;
	bool there = fstatat(*at, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
	if (there && !replace)
		return mkr_failx(err, -ENOENT, "'%s' is a link that leads nowhere", name);
	if (!is_ours(s, *at)) {
		int made = make_skeleton(s, *at, name, err);
		if (made < 0)
			return mkr_wrap(err, made, "the folder that '%s' is to be in", name);
		close(*at);
		*at = made;
	} else if (there && unlinkat(*at, name, 0) < 0) {
		return mkr_fail(err, -errno, "cannot replace the link '%s'", name);
	}
	int r = is_dir ? mkdirat(*at, name, 0755) : mknodat(*at, name, S_IFREG | 0644, 0);
	int fd = r < 0 ? -1 : openat(*at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return mkr_fail(err, -errno, "cannot make '%s'", name);
	close(*at);
	*at = fd;
	return 0;
}

/* The deepest folder of `path` that is there; *rest: what is missing below it. */
static int open_deepest(const struct stage *s, const char *path, bool replace, const char **rest)
{
	char head[PATH_MAX];
	size_t n = strlen(path);
	if (n >= sizeof(head))
		return -ENAMETOOLONG;
	memcpy(head, path, n + 1);
	*rest = path + n;
	struct stat st;
	for (;;) {
		int fd = open_inside(s->root, n ? head : ".");
		if (fd >= 0 && replace && !**rest && n) {
			/* The last one: as the folder above has it. */
			const char *name = base_name(head);
			size_t above = (size_t)(name - head);
			char dir[PATH_MAX];
			memcpy(dir, head, above);
			dir[above] = '\0';
			cleanup_fd int at = open_inside(s->root, above ? dir : ".");
			if (at >= 0 && fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
				S_ISLNK(st.st_mode)) {
				close(fd);
				*rest = path + above;
				return steal_fd(&at);
			}
		}
		if (fd != -ENOENT || !n)
			return fd;
		while (n && head[n - 1] != '/')
			n--;
		*rest = path + n;
		if (n)
			n--;
		head[n] = '\0';
	}
}

static int check(int fd, bool is_dir, struct mkr_error *err)
{
	struct stat st;
	struct statfs fs;
	if (fstat(fd, &st) < 0 || fstatfs(fd, &fs) < 0)
		return mkr_fail(err, -errno, "cannot stat it");
	/* CVE-2019-19921, CVE-2023-27561: a mount there would redirect what others write. */
	if (fs.f_type == PROC_MAGIC)
		return mkr_failx(err, -EINVAL, "a link leads into /proc");
	if (S_ISDIR(st.st_mode) != is_dir)
		return mkr_failx(err, is_dir ? -ENOTDIR : -EISDIR,
			is_dir ? "it is a file, and what is to be mounted a folder"
			       : "it is a folder, and what is to be mounted a file");
	return 0;
}

int room_for(struct stage *s, const char *path, bool is_dir, bool replace, struct mkr_error *err)
{
	const char *missing;
	cleanup_fd int at = open_deepest(s, path, replace, &missing);
	if (at < 0)
		return mkr_fail(err, at, "cannot open '/%s'", path);
	int r = check(at, *missing ? true : is_dir, err);
	struct str rest = str_from(missing), part;
	while (r == 0 && rest.n && str_split(&rest, "/", &part)) {
		char name[NAME_MAX + 1];
		memcpy(name, part.p, part.n); /* path_clean() has seen to the length */
		name[part.n] = '\0';
		r = make_one(s, &at, name, rest.p ? true : is_dir, replace && !rest.p, err);
		if (!rest.p)
			break;
	}
	return r < 0 ? mkr_wrap(err, r, "'/%s'", path) : steal_fd(&at);
}

int room_seal(struct stage *s, struct mkr_error *err)
{
	for (size_t i = 0; i < s->skeletons.n; i++)
		if (sys_mount_setattr(s->skeletons.at[i], AT_EMPTY_PATH, OP_RO) < 0)
			return mkr_fail(err, -errno, "cannot seal a folder");
	return 0;
}
