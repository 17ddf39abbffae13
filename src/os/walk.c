#include "os/walk.h"

#include "base/cleanup.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { LINKS_MAX = 40 }; /* MAXSYMLINKS, include/linux/namei.h */

struct walk {
	int rootfd, at; /* where we stand; at == -1: in the root itself */
	size_t n; /* length of here */
	unsigned links;
	bool follow_last;
	mkr_step_fn *each;
	void *ctx;
	struct mkr_error *err;
	char here[PATH_MAX]; /* its path, without symbolic links */
	char todo[2 * PATH_MAX]; /* what is still to resolve */
};

static void stand(struct walk *w, int fd)
{
	if (w->at >= 0)
		close(w->at);
	w->at = fd;
}

static int go_up(struct walk *w)
{
	if (w->n == 0)
		return 0; /* ".." of the root is the root */
	struct str dir = str_dir((struct str){ w->here, w->n });
	w->n = dir.n;
	w->here[w->n] = '\0';
	if (w->n == 0) {
		stand(w, -1);
		return 0;
	}
	int fd = openat(w->at, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	stand(w, fd);
	return 0;
}

/* A symbolic link was met: what it holds comes before what is left. */
static int follow(struct walk *w, const char *target, const char *rest)
{
	if (++w->links > LINKS_MAX)
		return -ELOOP;
	char joined[2 * PATH_MAX];
	size_t n = strlen(target), m = strlen(rest);
	if (n == 0)
		return -ENOENT;
	if (n + 1 + m >= sizeof(joined))
		return -ENAMETOOLONG;
	memcpy(joined, target, n);
	joined[n] = '/';
	memcpy(joined + n + 1, rest, m + 1);
	if (m == 0)
		joined[n] = '\0';
	memcpy(w->todo, joined, strlen(joined) + 1);
	if (target[0] == '/') {
		stand(w, -1);
		w->n = 0;
		w->here[0] = '\0';
	}
	return 0;
}

static int tell(struct walk *w, const char *path, const char *target, const struct stat *st)
{
	if (!w->each)
		return 0;
	struct mkr_step step = { .path = path, .target = target, .st = st };
	return w->each(w->ctx, &step, w->err);
}

/* One component. *done: it was the last one. */
static int step(struct walk *w, const char *name, const char *rest, bool must_be_dir, bool *done)
{
	size_t n = strlen(name), parent = w->n;
	if (n > NAME_MAX || w->n + n + 2 > sizeof(w->here))
		return -ENAMETOOLONG;
	int dir = w->at >= 0 ? w->at : w->rootfd;
	cleanup_fd int fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	struct stat st;
	if (fstat(fd, &st) < 0)
		return -errno;
	bool last = *rest == '\0';

	if (w->n)
		w->here[w->n++] = '/';
	memcpy(w->here + w->n, name, n + 1);
	w->n += n;

	if (S_ISLNK(st.st_mode) && (!last || w->follow_last || must_be_dir)) {
		char target[PATH_MAX];
		ssize_t got = readlinkat(fd, "", target, sizeof(target) - 1);
		if (got < 0)
			return -errno;
		if ((size_t)got == sizeof(target) - 1)
			return -ENAMETOOLONG;
		target[got] = '\0';
		int r = tell(w, w->here, target, &st);
		w->n = parent;
		w->here[w->n] = '\0';
		return r ? r : follow(w, target, rest);
	}
	char target[PATH_MAX] = "";
	if (S_ISLNK(st.st_mode) && readlinkat(fd, "", target, sizeof(target) - 1) < 0)
		return -errno;
	if ((!last || must_be_dir) && !S_ISDIR(st.st_mode))
		return -ENOTDIR;
	int r = tell(w, w->here, S_ISLNK(st.st_mode) ? target : NULL, &st);
	if (r)
		return r;
	stand(w, steal_fd(&fd));
	*done = last;
	return 0;
}

/* Takes the next component off w->todo. False: nothing but slashes is left. */
static bool next_component(
	struct walk *w, char name[static PATH_MAX], const char **rest, bool *must_be_dir)
{
	const char *p = w->todo + strspn(w->todo, "/");
	size_t n = strcspn(p, "/");
	if (n == 0)
		return false;
	if (n >= PATH_MAX)
		n = PATH_MAX - 1; /* over NAME_MAX anyway: step() refuses it */
	memcpy(name, p, n);
	name[n] = '\0';
	const char *after = p + n + strspn(p + n, "/");
	*must_be_dir = *after == '\0' && p[n] == '/';
	*rest = after;
	return true;
}

static int resolve(struct walk *w)
{
	char name[PATH_MAX];
	const char *rest;
	bool must_be_dir, done = false;
	while (!done && next_component(w, name, &rest, &must_be_dir)) {
		char *keep = w->todo;
		int r = 0;
		size_t left = strlen(rest);
		if (strcmp(name, "..") == 0) {
			r = go_up(w);
			memmove(keep, rest, left + 1);
		} else if (strcmp(name, ".") == 0) {
			memmove(keep, rest, left + 1);
		} else {
			/* A link keeps a trailing slash of the path alive: "l/" is what l points
			 * to. */
			char tail[2 * PATH_MAX];
			memcpy(tail, rest, left + 1);
			if (must_be_dir && left == 0)
				memcpy(tail, ".", 2);
			unsigned links = w->links;
			r = step(w, name, tail, must_be_dir, &done);
			if (r == 0 && w->links == links)
				memmove(keep, tail, strlen(tail) + 1);
			if (must_be_dir)
				done = false;
		}
		if (r)
			return r;
	}
	return 0;
}

int walk_path(int rootfd, const char *path, bool follow_last, mkr_step_fn *each, void *ctx,
	struct mkr_error *err)
{
	size_t n = strlen(path);
	if (n == 0)
		return -ENOENT;
	if (n >= PATH_MAX)
		return -ENAMETOOLONG;
	struct walk *w = malloc(sizeof(*w));
	if (!w)
		return -ENOMEM;
	memset(w, 0, offsetof(struct walk, here)); /* the texts are long, and set as they grow */
	w->here[0] = '\0';
	w->rootfd = rootfd;
	w->at = -1;
	w->follow_last = follow_last;
	w->each = each;
	w->ctx = ctx;
	w->err = err;
	memcpy(w->todo, path, n + 1);
	int r = resolve(w);
	int fd = w->at;
	if (r == 0 && fd < 0) {
		fd = openat(rootfd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			r = -errno;
	}
	if (r && fd >= 0)
		close(fd);
	free(w);
	return r ? r : fd;
}
