#include "sink/tree.h"

#include "base/cleanup.h"
#include "base/str.h"
#include "os/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>

void tree_reset(struct tree *t)
{
	if (t->at >= 0)
		close(t->at);
	*t = (struct tree){ .top = t->top, .follow = t->follow, .at = -1, .path = "" };
}

/* What `dir` is behind the link that it ends in: the walk never leaves the top directory. */
static int open_behind_link(const struct tree *t, struct str dir)
{
	char text[PATH_MAX];
	if (dir.n + 2 > sizeof(text))
		return -ENAMETOOLONG;
	memcpy(text, dir.p, dir.n);
	memcpy(text + dir.n, "/", 2); /* a directory, or -ENOTDIR */
	return walk_path(t->top, text, true, NULL, NULL, NULL);
}

/* One component: `dir` is the path as far as this. */
static int descend(struct tree *t, struct str dir, struct str name)
{
	char text[NAME_MAX + 1];
	if (name.n > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(text, name.p, name.n);
	text[name.n] = '\0';
	if (name.n == 0 || strcmp(text, ".") == 0 || strcmp(text, "..") == 0)
		return -EINVAL;
	int from = t->at >= 0 ? t->at : t->top;
	int fd = openat(from, text, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		fd = errno == ENOTDIR && t->follow ? open_behind_link(t, dir) : -errno;
	if (fd < 0)
		return fd;
	if (t->at >= 0)
		close(t->at);
	t->at = fd;
	return 0;
}

bool tree_is_dir(const struct tree *t, const char *path)
{
	cleanup_fd int fd = open_behind_link(t, str_from(path));
	return fd >= 0;
}

/* Whether the directory where the tree stands holds `dir`, or is it. */
static bool stands_above(const struct tree *t, struct str dir)
{
	return str_starts(dir, (struct str){ t->path, t->n }) &&
		(t->n == 0 || dir.n == t->n || dir.p[t->n] == '/');
}

int tree_parent(struct tree *t, const char *path, const char **base)
{
	*base = base_name(path);
	size_t n = (size_t)(*base - path);
	struct str dir = { path, n ? n - 1 : 0 };
	if (!stands_above(t, dir))
		tree_reset(t);
	struct str rest = str_skip(dir, t->n), name;
	if (t->n && rest.n)
		rest = str_skip(rest, 1);
	while (rest.n && str_split(&rest, "/", &name)) {
		size_t done = (size_t)(name.p + name.n - path);
		int r = descend(t, (struct str){ path, done }, name);
		if (r < 0)
			return r;
		t->path = path;
		t->n = done;
	}
	t->path = path;
	return t->at >= 0 ? t->at : t->top;
}
