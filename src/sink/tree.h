/* The directories below one, opened component by component: a symbolic link in the way is not
 * followed, it is -ENOTDIR; or followed as a process would whose "/" is the top one. */
#ifndef SINK_TREE_H
#define SINK_TREE_H

#include <stdbool.h>
#include <stddef.h>

struct tree {
	int top; /* borrowed */
	bool follow;
	int at; /* the directory last asked for, -1: top */
	const char *path; /* and where it is; borrowed from the caller's path */
	size_t n;
};

#define TREE_OF(fd) ((struct tree){ .top = (fd), .at = -1, .path = "" })
#define TREE_OF_LINKS(fd) ((struct tree){ .top = (fd), .follow = true, .at = -1, .path = "" })

/* Opens the directory that `path` is in and says its last component. The descriptor (O_PATH) is the
 * tree's, until the next call; `path` must live as long. Names that are asked for in order cost one
 * openat(2) for each new directory. */
int tree_parent(struct tree *t, const char *path, const char **base);

/* Whether `path` is a directory, behind links or not. */
bool tree_is_dir(const struct tree *t, const char *path);

/* Forgets where it stands. */
void tree_reset(struct tree *t);

#endif
