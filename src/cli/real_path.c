#include "cli/real_path.h"

#include <errno.h>

struct last {
	struct arena *arena;
	const char *path;
};

static int keep_last(void *ctx, const struct mkr_step *step, struct mkr_error *err)
{
	struct last *last = ctx;
	(void)err;
	last->path = arena_dup(last->arena, step->path);
	return 0;
}

int real_path(const char **ret, struct arena *a, const struct mkr_root *root, const char *path,
	struct mkr_error *err)
{
	struct last last = { a, NULL };
	int r = mkr_root_walk(root, path, true, keep_last, &last, err);
	*ret = r < 0 ? NULL : last.path;
	return r == -ENOENT || r == -ENOTDIR || r == -ELOOP || r == -ENAMETOOLONG ? 0 : r;
}
