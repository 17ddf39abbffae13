#include "os/clear.h"

#include "base/cleanup.h"
#include "base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct folder {
	char *name;
	struct stat above; /* the folder it is in */
};

/* One folder is open at a time, the one that is emptied: a tree can be deeper than descriptors or
 * the stack last. */
struct walk {
	DIR *at;
	VEC(struct folder) entered; /* below the top */
};

static int remove_one(int dir, const char *name)
{
	if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
		return 0;
	/* EPERM is POSIX's word for a folder. */
	if (errno != EISDIR && errno != EPERM)
		return -errno;
	if (unlinkat(dir, name, AT_REMOVEDIR) == 0)
		return 0;
	return errno == EEXIST ? -ENOTEMPTY : -errno;
}

/* What its owner cannot read, by its descriptor: the name may be a link's by now. */
static int open_closed(int dir, const char *name)
{
	char path[40];
	cleanup_fd int fd = openat(dir, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (chmod(path, 0700) < 0)
		return -errno;
	int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return again < 0 ? -errno : again;
}

/* It is a folder and may be one that its owner can neither read nor change. */
static int open_folder(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == EACCES ? open_closed(dir, name) : -errno;
	fchmod(fd, 0700);
	return fd;
}

static void stand(struct walk *w, int fd)
{
	DIR *next = fdopendir(fd);
	if (!next)
		out_of_memory();
	if (w->at)
		closedir(w->at);
	w->at = next;
}

static int go_down(struct walk *w, const char *name)
{
	struct folder f;
	if (fstat(dirfd(w->at), &f.above) < 0)
		return -errno;
	int fd = open_folder(dirfd(w->at), name);
	if (fd < 0)
		return fd;
	f.name = strdup(name);
	if (!f.name)
		out_of_memory();
	vec_push(&w->entered, f);
	stand(w, fd);
	return 0;
}

/* Whoever owns a part of the tree can move the folder that is emptied elsewhere: what is above it
 * then is not to be emptied. */
static int go_up(struct walk *w)
{
	struct stat st;
	const struct folder *f = &w->entered.at[w->entered.n - 1];
	cleanup_fd int fd = openat(dirfd(w->at), "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (st.st_dev != f->above.st_dev || st.st_ino != f->above.st_ino)
		return -ESTALE;
	stand(w, steal_fd(&fd));
	int r = remove_one(dirfd(w->at), f->name);
	if (r == 0)
		free(w->entered.at[--w->entered.n].name);
	return r;
}

/* True when a folder was found and entered that is not empty. */
static int empty(struct walk *w, bool *ret_deeper)
{
	const struct dirent *e;
	*ret_deeper = false;
	while (!*ret_deeper && (e = readdir(w->at))) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		int r = remove_one(dirfd(w->at), e->d_name);
		*ret_deeper = r == -ENOTEMPTY;
		if (*ret_deeper)
			r = go_down(w, e->d_name);
		if (r < 0)
			return r;
	}
	return 0;
}

static int walk(struct walk *w)
{
	for (;;) {
		bool deeper;
		int r = empty(w, &deeper);
		if (r == 0 && !deeper && w->entered.n == 0)
			return 0;
		if (r == 0 && !deeper)
			r = go_up(w);
		if (r < 0)
			return r;
	}
}

int clear_tree(int parent, const char *name)
{
	int r = remove_one(parent, name);
	if (r != -ENOTEMPTY)
		return r;
	struct walk w = { 0 };
	int fd = open_folder(parent, name);
	if (fd < 0)
		return fd;
	stand(&w, fd);
	r = walk(&w);
	closedir(w.at);
	while (w.entered.n)
		free(w.entered.at[--w.entered.n].name);
	vec_free(&w.entered);
	return r < 0 ? r : remove_one(parent, name);
}
