/* The set-up of a box as a list: made from the box and a view (box.c), carried out in order inside
 * the new namespaces (stage.c). A test, and who asks for --explain, reads it as text. */
#ifndef RUN_OP_H
#define RUN_OP_H

#include "base/vec.h"

#include <mkroot/run.h>

#include <stdio.h>
#include <sys/types.h>

struct view;
struct host_file;

enum op_kind {
	OP_PRIVATE, /* no mount passes in or out from here on */
	OP_BIND_ROOT, /* the folder ROOT, with what is mounted below it, becomes the new root */
	OP_TMPFS_ROOT, /* an empty tmpfs becomes the new root */
	OP_UNPACK, /* the archive into it */
	OP_OVERLAY, /* changes above ROOT, or above the unpacked archive, become the new root: they
		     * go into the folder `source`, or into a tmpfs with options `data` */
	OP_BIND, /* ROOT's `path`, a folder or a file, at the same place, with what is mounted below
		  */
	OP_BELOW, /* what else of the kernel's is mounted below ROOT becomes read-only */
	OP_LINK, /* `path` is a symbolic link to `from` */
	OP_DIR, /* `path` is a folder with `mode`; only in a tmpfs of our own */
	OP_MOUNT, /* a fresh file system of type `from` on the folder `path` */
	OP_DEVICE, /* the character device `path`, device number `major`:`minor` */
	OP_CONSOLE, /* `path` is room for the box' terminal, where it has one */
	OP_VOLUME, /* the host's `source`, or a tmpfs with options `data`, at `path`, for which room
		    * is made. `replace`: a link there gives way, it is not followed */
	OP_NODE, /* the device `source` at `path`, for which room is made */
	OP_HOST_SYS, /* the host's /sys, unless there is one */
	OP_MASK, /* `path` shows nothing: an empty folder, or /dev/null; with "cpu*" as many as
		  * there are */
	OP_READONLY, /* `path` of the new root becomes read-only */
	OP_FLAGS, /* the mount on `path` gets `flags` too, what is mounted below it does not */
	OP_SEAL, /* the top level of the new root becomes read-only */
	OP_PIVOT, /* the new root is the root, the old one is gone */
	OP_HOSTNAME, /* `from` */
	OP_LOOPBACK, /* lo is up */
};

/* Mount flags: these four have one value for mount(2) and mount_setattr(2). */
enum { OP_RO = 1, OP_NOSUID = 2, OP_NODEV = 4, OP_NOEXEC = 8 };

struct op {
	enum op_kind kind;
	unsigned flags;
	const char *path; /* inside the new root, without the leading slash */
	const char *from;
	const char *data; /* mount options, "k=v,k" */
	mode_t mode;
	unsigned major, minor;
	struct host_file *source;
	bool is_dir; /* OP_BIND: a folder */
	bool replace;
	bool optional; /* not there, or not allowed: go on without */
};

struct ops {
	VEC(struct op) list;
};

/* The order of steps for the default mode. Strings are borrowed from box and view. */
void box_ops(struct ops *ops, const struct mkr_box *box, const struct view *view);

/* What docker has read-only, knobs of the whole machine that are open to its root, and what it
 * hides: that tells of the host or of other people's programs, keys and devices, and some of it is
 * answered by drivers that have never met a hostile reader (moby, oci/defaults.go). Without the
 * leading slash; globs may be among the second; end with NULL. */
extern const char *const box_readonly[], *const box_masked[];

/* One line per operation, `before` in front of each. */
void ops_print(FILE *out, const char *before, const struct ops *ops);

#endif
