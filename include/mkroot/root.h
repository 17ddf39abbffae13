/* A directory that is taken for "/": the one door through which files are read.
 *
 * Paths are those a process chrooted there would use: absolute links and ".." stay inside
 * (openat2(2) RESOLVE_IN_ROOT; where the kernel or a seccomp filter refuses openat2, a walk
 * component by component does the same). A leading slash may be left out. */
#ifndef MKROOT_ROOT_H
#define MKROOT_ROOT_H

#include <mkroot/error.h>

#include <stdbool.h>
#include <sys/stat.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mkr_root;

/* Opens `dir` (a path of the caller's own root). Freed with mkr_root_free(); NULL is no error
 * there. */
int mkr_root_open(struct mkr_root **out, const char *dir, struct mkr_error *err);
void mkr_root_free(struct mkr_root *r);

/* True for a root that is the caller's own "/". */
bool mkr_root_is_host(const struct mkr_root *r);

/* open(2) inside the root. O_CLOEXEC and O_NOCTTY are always added, O_NONBLOCK for reading: a FIFO
 * never blocks. Returns a descriptor that the caller owns, or -errno. */
int mkr_root_openat(const struct mkr_root *r, const char *path, int flags, struct mkr_error *err);

/* Opens `path` for reading if it is a regular file, and tells what fstat(2) said in *st. -EISDIR
 * for a directory, -EINVAL for a FIFO, device or socket, which are never read from. */
int mkr_root_open_file(
	const struct mkr_root *r, const char *path, struct stat *st, struct mkr_error *err);

/* One thing on the way to a file: a directory, a symbolic link, or the file at the end. */
struct mkr_step {
	const char *path; /* without symbolic links in its parents, no leading slash */
	const char *target; /* what a symbolic link holds, else NULL */
	const struct stat *st; /* of the thing itself */
};
typedef int mkr_step_fn(void *ctx, const struct mkr_step *step, struct mkr_error *err);

/* Calls `each` for everything below the root that resolving `path` crosses, in order; the last call
 * is for what `path` names (the root itself is not told of). A negative value from `each` ends the
 * walk and is returned. Without `follow_last` a symbolic link at the end is the end. Fails with
 * -ENOENT, -ENOTDIR, -ELOOP (over 40 links, as the kernel), -ENAMETOOLONG, -EACCES; what was
 * crossed until then has been told. */
int mkr_root_walk(const struct mkr_root *r, const char *path, bool follow_last, mkr_step_fn *each,
	void *ctx, struct mkr_error *err);

#ifdef __cplusplus
}
#endif

#endif
