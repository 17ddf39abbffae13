#include "sink/dir_place.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "os/write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* login.defs(5), UID_MIN: below are the system's own accounts, "bin" living in /bin. */
enum { UID_PEOPLE = 1000 };

static bool is_same(const struct stat *st, const char *path)
{
	struct stat other;
	return stat(path, &other) == 0 && other.st_dev == st->st_dev && other.st_ino == st->st_ino;
}

/* passwd(5): name:password:UID:GID:GECOS:directory:shell. */
static bool lives_there(struct str line, const struct stat *st)
{
	struct str field[6];
	for (size_t i = 0; i < 6; i++)
		if (!str_split(&line, ":", &field[i]))
			return false;
	char home[PATH_MAX];
	if (field[5].n == 0 || field[5].n >= sizeof(home))
		return false;
	memcpy(home, field[5].p, field[5].n);
	home[field[5].n] = '\0';
	unsigned long uid = strtoul(field[2].p, NULL, 10);
	return (uid == 0 || uid >= UID_PEOPLE) && is_same(st, home);
}

static bool is_somebodys_home(const struct stat *st)
{
	FILE *f = fopen("/etc/passwd", "re");
	if (!f)
		return false;
	char *line = NULL;
	size_t room = 0;
	bool found = false;
	for (ssize_t n; !found && (n = getline(&line, &room, f)) > 0;)
		found = lives_there((struct str){ line, (size_t)n }, st);
	free(line);
	fclose(f);
	return found;
}

/* Before Linux 5.8 a bind mount of the same file system is not noticed. */
static bool is_mount_point(int dir, const struct stat *st)
{
	struct statx stx;
	if (statx(dir, "", AT_EMPTY_PATH, STATX_TYPE, &stx) == 0 &&
		(stx.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT))
		return stx.stx_attributes & STATX_ATTR_MOUNT_ROOT;
	struct stat above;
	return fstatat(dir, "..", &above, 0) == 0 && above.st_dev != st->st_dev;
}

/* One that was made for this has nothing in it yet that could be written over. */
static bool is_empty(int dir)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_dir DIR *d = fd < 0 ? NULL : fdopendir(fd);
	if (!d) {
		cleanup_fd_(&fd);
		return false;
	}
	struct dirent *e;
	while ((e = readdir(d)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			return false;
	return true;
}

static int refuse(int dir, const char *path, const char *home, struct mkr_error *err)
{
	struct stat st;
	if (fstat(dir, &st) < 0)
		return mkr_fail(err, -errno, "cannot stat '%s'", path);
	const char *what = NULL;
	if (is_same(&st, "/"))
		what = "the root of this system";
	else if ((home && *home && is_same(&st, home)) || is_somebodys_home(&st))
		what = "a home folder";
	else if (is_mount_point(dir, &st) && !is_empty(dir))
		what = "a mount point";
	if (!what)
		return 0;
	mkr_failx(err, -EPERM, "'%s' is %s: nothing is written into it", path, what);
	mkr_detail(err, "hint", "name a folder in it, as in '%s%sroot/'", path,
		path[strlen(path) - 1] == '/' ? "" : "/");
	return -EPERM;
}

static int find_parent(struct dir_place *p, const char *path, struct mkr_error *err)
{
	struct arena *a = arena_new();
	struct str bare = str_from(path);
	while (bare.n > 1 && bare.p[bare.n - 1] == '/')
		bare.n--;
	struct str base = str_base(bare);
	int r = -ENOENT;
	if (str_eq(base, STR(".")) || str_eq(base, STR("..")))
		mkr_fail(err, r, "cannot open the folder '%s'", path);
	else
		r = open_parent(arena_dup_str(a, bare), p->name, err);
	arena_free(a);
	if (r < 0)
		return r;
	p->parent = r;
	return 0;
}

int dir_place_find(struct dir_place *p, const char *path, const char *home, struct mkr_error *err)
{
	*p = (struct dir_place){ .parent = -1 };
	p->dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int r = 0;
	if (p->dir >= 0)
		r = refuse(p->dir, path, home, err);
	else if (errno == ENOENT)
		r = find_parent(p, path, err);
	else if (errno == ENOTDIR)
		r = mkr_failx(err, -ENOTDIR, "'%s' is there and is not a folder", path);
	else
		r = mkr_fail(err, -errno, "cannot open the folder '%s'", path);
	int in = p->dir >= 0 ? p->dir : p->parent;
	if (r == 0 && faccessat(in, ".", W_OK | X_OK, AT_EACCESS) < 0)
		r = mkr_fail(err, -errno, "cannot write into '%s'", path);
	if (r < 0)
		dir_place_close(p);
	return r;
}

void dir_place_close(struct dir_place *p)
{
	if (p->dir >= 0)
		close(steal_fd(&p->dir));
	if (p->parent >= 0)
		close(steal_fd(&p->parent));
}
