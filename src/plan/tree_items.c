#include "plan/tree_items.h"

#include "base/cleanup.h"
#include "os/root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

enum { ITEMS_MAX = 1 << 22 };

/* Adds one name; a folder's own names are added when its turn comes. */
static int add_item(item_vec *out, struct arena *a, int dir, const char *above, const char *name,
	struct mkr_error *err)
{
	struct stat st;
	const char *path = *above ? arena_printf(a, "%s/%s", above, name) : arena_dup(a, name);
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : mkr_fail(err, -errno, "cannot stat '/%s'", path);
	if (S_ISSOCK(st.st_mode))
		return 0;
	struct mkr_item *item = arena_new_of(a, struct mkr_item);
	*item = (struct mkr_item){ .path = path,
		.source = path,
		.because = "in the root",
		.why = MKR_WHY_INCLUDE,
		.st = st };
	if (S_ISLNK(st.st_mode)) {
		char target[PATH_MAX];
		ssize_t n = readlinkat(dir, name, target, sizeof(target) - 1);
		if (n < 0)
			return mkr_fail(err, -errno, "cannot read the link '/%s'", path);
		item->target = arena_dup_str(a, (struct str){ target, (size_t)n });
	}
	if (out->n == ITEMS_MAX)
		return mkr_failx(err, -EFBIG, "more than %d files", ITEMS_MAX);
	vec_push(out, item);
	return 0;
}

static int list_folder(item_vec *out, struct arena *a, const struct mkr_root *root,
	const char *path, struct mkr_error *err)
{
	cleanup_fd int fd =
		mkr_root_openat(root, *path ? path : ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW, err);
	if (fd < 0)
		return fd;
	cleanup_dir DIR *list = fdopendir(fd);
	if (!list)
		return mkr_fail(err, -errno, "cannot list '/%s'", path);
	int dir = steal_fd(&fd); /* the stream's now */
	const struct dirent *d;
	int r = 0;
	while (r == 0 && (errno = 0, (d = readdir(list))))
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
			r = add_item(out, a, dir, path, d->d_name, err);
	return r == 0 && errno ? mkr_fail(err, -errno, "cannot list '/%s'", path) : r;
}

static int by_path(const void *a, const void *b)
{
	return strcmp((*(const struct mkr_item *const *)a)->path,
		(*(const struct mkr_item *const *)b)->path);
}

int tree_items(item_vec *out, struct arena *a, const struct mkr_root *root, struct mkr_error *err)
{
	int r = list_folder(out, a, root, "", err);
	for (size_t i = 0; r == 0 && i < out->n; i++)
		if (S_ISDIR(out->at[i]->st.st_mode))
			r = list_folder(out, a, root, out->at[i]->path, err);
	if (r == 0 && out->n)
		qsort(out->at, out->n, sizeof(*out->at), by_path);
	return r;
}
