#include "image/place.h"

#include "base/cleanup.h"
#include "base/str.h"
#include "os/clear.h"
#include "os/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

void place_init(struct place *p, int rootfd)
{
	*p = (struct place){ .rootfd = rootfd, .parent = -1 };
}

static void forget(struct place *p)
{
	if (p->parent >= 0)
		close(p->parent);
	p->parent = -1;
}

void place_done(struct place *p)
{
	forget(p);
}

int place_clean(char clean[static PATH_MAX], const char *name, struct mkr_error *err)
{
	if (!*name)
		return mkr_failx(err, -ENOENT, "it has no name");
	struct str rest = str_from(name), part;
	size_t n = 0;
	while (str_split(&rest, "/", &part)) {
		if (part.n == 0 || str_eq(part, STR(".")))
			continue;
		if (str_eq(part, STR("..")))
			return mkr_failx(err, -EINVAL, "its name leads out with '..'");
		if (part.n > NAME_MAX || n + part.n + 2 > PATH_MAX)
			return mkr_fail(err, -ENAMETOOLONG, "cannot unpack it");
		if (n)
			clean[n++] = '/';
		memcpy(clean + n, part.p, part.n);
		n += part.n;
	}
	clean[n] = '\0';
	return 0;
}

/* Makes the folder at the end of `path` if it is missing; its parents are there. */
static int make_one(const struct place *p, const char *path, struct mkr_error *err)
{
	cleanup_fd int there = walk_path(p->rootfd, path, true, NULL, NULL, NULL);
	if (there >= 0)
		return 0;
	if (there != -ENOENT)
		return mkr_fail(err, there, "folder '%s'", path);
	char above[PATH_MAX];
	const char *name = base_name(path);
	cleanup_fd int dir = -1;
	if (name > path) {
		memcpy(above, path, (size_t)(name - path));
		above[name - path] = '\0';
		dir = walk_path(p->rootfd, above, true, NULL, NULL, NULL);
		if (dir < 0)
			return mkr_fail(err, dir, "folder '%s'", above);
	}
	int at = dir >= 0 ? dir : p->rootfd;
	/* EEXIST: a link that leads nowhere. To make what it points to would be guessing. */
	if (mkdirat(at, name, 0755) < 0 || fchmodat(at, name, 0755, 0) < 0)
		return mkr_fail(err, -errno, "cannot make the folder '%s'", path);
	struct stat st;
	if (p->made && fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		p->made(p->made_ctx, &st);
	return 0;
}

int place_make(const struct place *p, const char *path, struct mkr_error *err)
{
	char head[PATH_MAX];
	for (const char *slash = path; *slash;) {
		slash += strcspn(slash, "/");
		memcpy(head, path, (size_t)(slash - path));
		head[slash - path] = '\0';
		int r = make_one(p, head, err);
		if (r < 0)
			return r;
		slash += *slash == '/';
	}
	return 0;
}

static int open_parent(struct place *p, const char *path, bool make, struct mkr_error *err)
{
	if (p->parent >= 0 && strcmp(path, p->parent_path) == 0)
		return 0;
	forget(p);
	const char *dir = *path ? path : ".";
	cleanup_fd int fd = walk_path(p->rootfd, dir, true, NULL, NULL, NULL);
	if (fd == -ENOENT && make) {
		int r = place_make(p, path, err);
		if (r < 0)
			return r;
		fd = walk_path(p->rootfd, dir, true, NULL, NULL, NULL);
	}
	struct stat st;
	if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISDIR(st.st_mode)))
		return mkr_fail(err, -ENOTDIR, "folder '%s'", dir);
	if (fd < 0)
		return mkr_fail(err, fd, "folder '%s'", dir);
	memcpy(p->parent_path, path, strlen(path) + 1);
	p->parent = steal_fd(&fd);
	return 0;
}

int place_find(struct place *p, const char *path, bool make, int *ret_parent, const char **ret_name,
	struct mkr_error *err)
{
	const char *name = base_name(path);
	char dir[PATH_MAX];
	size_t n = name > path ? (size_t)(name - path) - 1 : 0;
	memcpy(dir, path, n);
	dir[n] = '\0';
	int r = open_parent(p, dir, make, err);
	if (r < 0)
		return r;
	*ret_parent = p->parent;
	*ret_name = name;
	return 0;
}

/* What was taken away may be a link or a folder on the way to the parent that is kept; its
 * descriptor stays valid for the caller. */
void place_forget(struct place *p)
{
	p->parent_path[0] = '/';
	p->parent_path[1] = '\0';
}

int place_clear(struct place *p, int parent, const char *name, struct mkr_error *err)
{
	int r = unlinkat(parent, name, 0) < 0 ? -errno : 0;
	if (r == -EISDIR)
		r = unlinkat(parent, name, AT_REMOVEDIR) < 0 ? -errno : 0;
	if (r == -ENOTEMPTY && p->replaces_folders)
		r = clear_tree(parent, name);
	if (r < 0 && r != -ENOENT)
		return mkr_fail(err, r, "cannot replace what stands in its place");
	place_forget(p);
	return 0;
}
