#include "os/root.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "os/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

struct mkr_root {
	int fd;
	bool openat2; /* the kernel takes it: asked once, when the root is opened */
	bool is_host;
};

int mkr_root_open(struct mkr_root **out, const char *dir, struct mkr_error *err)
{
	cleanup_fd int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return mkr_fail(err, -errno, "cannot open the folder '%s'", dir);
	struct stat st, host;
	if (fstat(fd, &st) < 0 || stat("/", &host) < 0)
		return mkr_fail(err, -errno, "cannot stat the folder '%s'", dir);
	struct mkr_root *r = calloc(1, sizeof(*r));
	if (!r)
		out_of_memory();
	r->fd = steal_fd(&fd);
	r->is_host = st.st_dev == host.st_dev && st.st_ino == host.st_ino;
	/* ENOSYS before Linux 5.6; EPERM from seccomp filters that do not know the call. */
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT };
	int probe = (int)syscall(SYS_openat2, r->fd, ".", &how, sizeof(how));
	r->openat2 = probe >= 0;
	if (probe >= 0)
		close(probe);
	*out = r;
	return 0;
}

void mkr_root_free(struct mkr_root *r)
{
	if (!r)
		return;
	close(r->fd);
	free(r);
}

bool mkr_root_is_host(const struct mkr_root *r)
{
	return r->is_host;
}

int root_fd(const struct mkr_root *r)
{
	return r->fd;
}

int root_open_by_walk(const struct mkr_root *r, const char *path, int flags)
{
	bool follow = !(flags & O_NOFOLLOW);
	cleanup_fd int at = walk_path(r->fd, path, follow, NULL, NULL, NULL);
	if (at < 0)
		return at;
	if (flags & O_PATH) {
		struct stat st;
		if (fstat(at, &st) < 0)
			return -errno;
		if ((flags & O_DIRECTORY) && !S_ISDIR(st.st_mode))
			return -ENOTDIR;
		return steal_fd(&at);
	}
	/* An O_PATH descriptor is made readable through its magic link, without a second look-up.
	 */
	char link[64];
	snprintf(link, sizeof(link), "/proc/self/fd/%d", at);
	struct stat st;
	if (fstat(at, &st) < 0)
		return -errno;
	if (S_ISLNK(st.st_mode))
		return -ELOOP; /* as open(2) with O_NOFOLLOW */
	int fd = open(link, (flags & ~O_NOFOLLOW) | O_CLOEXEC | O_NOCTTY);
	return fd < 0 ? -errno : fd;
}

int root_open(const struct mkr_root *r, const char *path, int flags)
{
	if ((flags & O_ACCMODE) == O_RDONLY && !(flags & O_PATH))
		flags |= O_NONBLOCK;
	flags |= O_CLOEXEC;
	if (!(flags & O_PATH))
		flags |= O_NOCTTY;
	if (!r->openat2)
		return root_open_by_walk(r, path, flags);
	struct open_how how = { .flags = (unsigned)flags, .resolve = RESOLVE_IN_ROOT };
	/* EAGAIN: a rename or mount elsewhere raced with a ".." in the path (openat2(2)). */
	for (int tries = 0; tries < 64; tries++) {
		int fd = (int)syscall(SYS_openat2, r->fd, path, &how, sizeof(how));
		if (fd >= 0)
			return fd;
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
	}
	return -EAGAIN;
}

int root_open_file(const struct mkr_root *r, const char *path, struct stat *st)
{
	cleanup_fd int fd = root_open(r, path, O_RDONLY);
	if (fd < 0)
		return fd;
	if (fstat(fd, st) < 0)
		return -errno;
	if (S_ISDIR(st->st_mode))
		return -EISDIR;
	if (!S_ISREG(st->st_mode))
		return -EINVAL;
	return steal_fd(&fd);
}

int mkr_root_openat(const struct mkr_root *r, const char *path, int flags, struct mkr_error *err)
{
	int fd = root_open(r, path, flags);
	if (fd < 0)
		return mkr_fail(err, fd, "cannot open '%s'", path);
	return fd;
}

int mkr_root_open_file(
	const struct mkr_root *r, const char *path, struct stat *st, struct mkr_error *err)
{
	int fd = root_open_file(r, path, st);
	if (fd == -EINVAL || fd == -ENXIO)
		return mkr_failx(err, -EINVAL, "'%s' is not a regular file", path);
	if (fd == -EISDIR)
		return mkr_failx(err, fd, "'%s' is a directory", path);
	if (fd < 0)
		return mkr_fail(err, fd, "cannot open '%s'", path);
	return fd;
}

int mkr_root_walk(const struct mkr_root *r, const char *path, bool follow_last, mkr_step_fn *each,
	void *ctx, struct mkr_error *err)
{
	if (err)
		err->code = 0;
	cleanup_fd int fd = walk_path(r->fd, path, follow_last, each, ctx, err);
	if (fd >= 0)
		return 0;
	if (err && err->code == fd)
		return fd; /* `each` has said why */
	return mkr_fail(err, fd, "cannot resolve '%s'", path);
}

struct last_step {
	struct arena *arena;
	const char *path;
};

static int keep_last(void *ctx, const struct mkr_step *step, struct mkr_error *err)
{
	(void)err;
	struct last_step *last = ctx;
	if (!step->target)
		last->path = arena_printf(last->arena, "/%s", step->path);
	return 0;
}

const char *root_real_path(const struct mkr_root *r, struct arena *arena, const char *path)
{
	struct last_step last = { .arena = arena, .path = "/" };
	return mkr_root_walk(r, path, true, keep_last, &last, NULL) < 0 ? NULL : last.path;
}
