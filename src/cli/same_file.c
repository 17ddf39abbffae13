#include "cli/same_file.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "os/write.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* The folder that a name is in, and what it is called there; a folder's name may end in slashes. */
static int parent_of(const char *path, char name[static NAME_MAX + 1])
{
	size_t n = strlen(path);
	while (n > 1 && path[n - 1] == '/')
		n--;
	cleanup_free char *copy = strndup(path, n);
	if (!copy)
		out_of_memory();
	return open_parent(copy, name, NULL);
}

bool is_same_file(const char *x, const char *y)
{
	struct stat a, b;
	char name_a[NAME_MAX + 1], name_b[NAME_MAX + 1];
	if (strcmp(x, y) == 0)
		return true;
	if (stat(x, &a) == 0 && stat(y, &b) == 0 && S_ISREG(a.st_mode) && is_same(&a, &b))
		return true;
	cleanup_fd int in_a = parent_of(x, name_a), in_b = parent_of(y, name_b);
	return in_a >= 0 && in_b >= 0 && strcmp(name_a, name_b) == 0 && fstat(in_a, &a) == 0 &&
		fstat(in_b, &b) == 0 && is_same(&a, &b);
}

bool is_in_folder(const char *name, const char *folder)
{
	struct stat wanted, st, last = { 0 };
	char base[NAME_MAX + 1];
	cleanup_fd int fd = parent_of(name, base);
	if (fd < 0 || stat(folder, &wanted) < 0 || !S_ISDIR(wanted.st_mode))
		return false;
	while (fd >= 0 && fstat(fd, &st) == 0 && !is_same(&st, &last)) {
		if (is_same(&st, &wanted))
			return true;
		last = st; /* the root's ".." is the root */
		int above = openat(fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		close(fd);
		fd = above;
	}
	return false;
}
