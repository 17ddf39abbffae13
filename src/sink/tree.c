#include "sink/tree.h"

#include "base/cleanup.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>

void tree_reset(struct tree *t)
{
	if (t->at >= 0)
		close(t->at);
	*t = TREE_OF(t->top);
}

static int descend(struct tree *t, struct str name)
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
		return -errno;
	if (t->at >= 0)
		close(t->at);
	t->at = fd;
	return 0;
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
		int r = descend(t, name);
		if (r < 0)
			return r;
		t->path = path;
		t->n = (size_t)(name.p + name.n - path);
	}
	t->path = path;
	return t->at >= 0 ? t->at : t->top;
}
