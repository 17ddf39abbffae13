/* Writing: files that get their name when they are whole, and copying. For sink/, image/ and
 * cli/ only: nothing before them writes. */
#ifndef OS_WRITE_H
#define OS_WRITE_H

#include <mkroot/error.h>

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Opens the directory that `path` is in, and says its last component. Links at the end of `path`
 * are followed, as open(2) for writing would: name is that of the file, there or not, that is to be
 * written. -EISDIR: the path ends in a slash, "." or ".."; -EACCES: a link is another user's, in a
 * folder like /tmp. Returns an O_PATH descriptor. */
int open_parent(const char *path, char name[static NAME_MAX + 1], struct mkr_error *err);

/* A file that appears under its name with new_file_commit(), whole; never after new_file_drop(). */
struct new_file {
	int fd; /* to be written to; and read from, unless it is `direct` */
	int dirfd;
	bool direct; /* a device or a FIFO: written into as it is, there is nothing to rename */
	char name[NAME_MAX + 1];
	char temp[NAME_MAX + 1]; /* its name until then; "": none (O_TMPFILE) */
};

/* The mode is 0666 less the umask, as any program's output. On failure there is nothing to drop. */
int new_file_open(struct new_file *f, const char *path, struct mkr_error *err);
int new_file_commit(struct new_file *f);
void new_file_drop(struct new_file *f); /* after a commit too; twice is fine */

/* write(2) until all is written, also to a descriptor in non-blocking mode. */
int write_all(int fd, const void *data, size_t n);

/* How a copy went. */
struct copied {
	uint64_t n; /* bytes; fewer than wanted: the source ended */
	bool reading; /* it was reading that failed */
};

/* Copies `size` bytes from where `from` stands to where `to` stands: within the kernel (shared
 * extents where the file system has them) or through a buffer. */
int copy_bytes(int to, int from, uint64_t size, struct copied *ret);

/* Copies a file of `size` bytes into the empty file `to`; its holes stay holes. */
int copy_sparse(int to, int from, uint64_t size, struct copied *ret);

#endif
