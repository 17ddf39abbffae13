#include "run/host_file.h"

#include "base/cleanup.h"
#include "run/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>

static const char *absolute(struct arena *a, const char *path)
{
	char here[PATH_MAX];
	if (path[0] == '/')
		return arena_dup(a, path);
	if (!getcwd(here, sizeof(here)))
		return NULL;
	return arena_printf(a, "%s/%s", here, path);
}

int host_file_open(struct host_file **out, struct arena *a, const char *typed, const char *what,
	struct mkr_error *err)
{
	struct host_file *s = arena_new_of(a, struct host_file);
	*s = (struct host_file){ .typed = typed, .fd = -1, .mount = -1 };
	s->path = absolute(a, typed);
	if (!s->path)
		return mkr_fail(err, -errno, "cannot find out the working directory");
	s->fd = open(s->path, O_PATH | O_CLOEXEC);
	if (s->fd < 0 && errno == ENOENT)
		return mkr_failx(err, -ENOENT, "%s '%s' does not exist", what, typed);
	if (s->fd < 0)
		return mkr_fail(err, -errno, "%s '%s' cannot be opened", what, typed);
	if (fstat(s->fd, &s->st) < 0) {
		int code = -errno;
		host_file_close(s);
		return mkr_fail(err, code, "%s '%s'", what, typed);
	}
	*out = s;
	return 0;
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
