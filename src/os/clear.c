#include "os/clear.h"

#include "base/cleanup.h"
#include "base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

/* One folder is open at a time, the one that is emptied: a tree can be deeper than descriptors or
 * the stack last. */
struct walk {
	DIR *at;
	VEC(char *) names; /* of the folders from the top's on */
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

static int enter(struct walk *w, int dir, const char *name)
{
	/* It is a folder and may be one that its owner can neither read nor change. */
	fchmodat(dir, name, 0700, 0);
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	DIR *next = fdopendir(fd);
	if (!next)
		out_of_memory();
	if (w->at)
		closedir(w->at);
	w->at = next;
	return 0;
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
		if (r == -ENOTEMPTY) {
			char *name = strdup(e->d_name);
			if (!name)
				out_of_memory();
			vec_push(&w->names, name);
			r = enter(w, dirfd(w->at), name);
			*ret_deeper = true;
		}
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
		if (r < 0)
			return r;
		if (deeper)
			continue;
		if (w->names.n == 0)
			return 0;
		r = enter(w, dirfd(w->at), "..");
		if (r == 0)
			r = remove_one(dirfd(w->at), w->names.at[w->names.n - 1]);
		if (r < 0)
			return r;
		free(w->names.at[--w->names.n]);
	}
}

int clear_tree(int parent, const char *name)
{
	int r = remove_one(parent, name);
	if (r != -ENOTEMPTY)
		return r;
	struct walk w = { 0 };
	r = enter(&w, parent, name);
	if (r == 0)
		r = walk(&w);
	if (w.at)
		closedir(w.at);
	while (w.names.n)
		free(w.names.at[--w.names.n]);
	vec_free(&w.names);
	return r < 0 ? r : remove_one(parent, name);
}
