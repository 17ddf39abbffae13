#include "run/host_file.h"

#include "base/cleanup.h"
#include "run/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>

static const char *absolute(struct arena *a, const char *path)
{
	char here[PATH_MAX];
	if (path[0] == '/')
		return arena_dup(a, path);
	if (!getcwd(here, sizeof(here)))
		return NULL;
	return arena_printf(a, "%s/%s", here, path);
}

/* The links of /proc/PID (fd/N, cwd, root, exe) lead to what a process has, in its own mount
 * namespace: gone along once more by the init they would mean something else, or what cannot be
 * mounted. *ret_magic: there is such a link in it. */
static int open_noting_magic(const char *path, bool *ret_magic)
{
	const struct open_how how = { .flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_NO_MAGICLINKS };
	int fd = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
	*ret_magic = fd < 0 && errno == ELOOP;
	/* ENOSYS, EPERM: an old kernel, or a filter. */
	return fd >= 0 ? fd : open(path, O_PATH | O_CLOEXEC);
}

/* Takes the name of what is open, if it has one here. */
static int name_it(struct host_file *s, struct arena *a, const char *what, struct mkr_error *err)
{
	char link[40], name[PATH_MAX];
	struct stat st;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", s->fd);
	ssize_t n = readlinkat(AT_FDCWD, link, name, sizeof(name) - 1);
	if (n < 0)
		return mkr_fail(err, -errno, "%s '%s'", what, s->typed);
	name[n] = '\0';
	if (name[0] == '/' && stat(name, &st) == 0 && st.st_dev == s->st.st_dev &&
		st.st_ino == s->st.st_ino) {
		s->path = arena_dup(a, name);
		return 0;
	}
	mkr_failx(err, -EINVAL, "%s '%s' has no path that it could be mounted by", what, s->typed);
	mkr_detail(err, "cause", "it is '%s'", name);
	mkr_detail(err, "hint", "--preserve-fd N hands an open descriptor on as it is");
	return -EINVAL;
}

int host_file_open(struct host_file **out, struct arena *a, const char *typed, const char *what,
	struct mkr_error *err)
{
	struct host_file *s = arena_new_of(a, struct host_file);
	bool magic;
	*s = (struct host_file){ .typed = typed, .fd = -1, .mount = -1 };
	s->path = absolute(a, typed);
	if (!s->path)
		return mkr_fail(err, -errno, "cannot find out the working directory");
	s->fd = open_noting_magic(s->path, &magic);
	if (s->fd < 0 && errno == ENOENT)
		return mkr_failx(err, -ENOENT, "%s '%s' does not exist", what, typed);
	if (s->fd < 0)
		return mkr_fail(err, -errno, "%s '%s' cannot be opened", what, typed);
	int r = fstat(s->fd, &s->st) < 0 ? mkr_fail(err, -errno, "%s '%s'", what, typed) : 0;
	if (r == 0 && magic)
		r = name_it(s, a, what, err);
	if (r < 0)
		host_file_close(s);
	else
		*out = s;
	return r;
}

struct host_file *host_file_named(struct arena *a, const char *typed)
{
	struct host_file *s = arena_new_of(a, struct host_file);
	*s = (struct host_file){ .typed = typed, .path = typed, .fd = -1, .mount = -1 };
	return s;
}

void host_file_close(struct host_file *s)
{
	if (!s)
		return;
	if (s->fd >= 0)
		close(s->fd);
	if (s->mount >= 0)
		close(s->mount);
	s->fd = s->mount = -1;
}

/* A descriptor from outside means a mount of the other namespace, which cannot be copied: the path
 * is gone along once more, and has to lead to the same file. */
int host_file_mount(struct host_file *s, unsigned flags, struct mkr_error *err)
{
	struct stat st;
	const unsigned how = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE;
	cleanup_fd int tree =
		s->mount >= 0 ? steal_fd(&s->mount) : sys_open_tree(AT_FDCWD, s->path, how);
	if (tree < 0 || fstat(tree, &st) < 0)
		return mkr_fail(err, -errno, "cannot bind '%s'", s->typed);
	if (st.st_dev != s->st.st_dev || st.st_ino != s->st.st_ino)
		return mkr_failx(err, -ESTALE, "'%s' was replaced at the same moment", s->typed);
	if (flags && sys_mount_setattr(tree, AT_EMPTY_PATH | AT_RECURSIVE, flags) < 0)
		return mkr_fail(err, -errno, "cannot bind '%s'", s->typed);
	return steal_fd(&tree);
}
