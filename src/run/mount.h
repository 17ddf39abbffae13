/* Mounts by descriptor: no path inside the new root is ever looked up as a string with links in it.
 */
#ifndef RUN_MOUNT_H
#define RUN_MOUNT_H

/* Opens `path` ("dev/pts") below `root` without following a link anywhere: O_PATH | `flags`. */
int open_below(int root, const char *path, int flags);

/* S_IFDIR, S_IFLNK ... of what `name` in `dir` is, or -errno. What is mounted there may be a file
 * system that answers nobody: it is not asked anew. */
int mount_kind(int dir, const char *name);

/* A fresh file system of `type` with options "k=v,k", not attached yet. Returns its root. */
int mount_new(const char *type, const char *options, unsigned flags);

/* A copy of the mount that `path` below `dir` lies on, cut at `path` ("": dir itself), not attached
 * yet, with `flags` added. */
int mount_copy(int dir, const char *path, unsigned flags);

/* The same with all that is mounted below it. In a user namespace there is no other way for what
 * came from outside: a mount that lies over something may not be left behind, as that would show
 * what it hides (has_locked_children() in fs/namespace.c). */
int mount_copy_all(int dir, const char *path, unsigned flags);

/* Attaches it on what `target` is. */
int mount_attach(int mount, int target);

#endif
