/* Which system calls name a path, and in which argument: one table for each kind of caller. */
#ifndef TRACE_SYSCALLS_H
#define TRACE_SYSCALLS_H

#include <stddef.h>
#include <stdint.h>

/* What the kernel is asked to do with the path. */
enum call_what {
	CALL_LOOK, /* at what it leads to, unless `flags` holds AT_SYMLINK_NOFOLLOW */
	CALL_LINK, /* at itself: lstat(2) */
	CALL_OPEN, /* by open(2)'s flags */
	CALL_OPENAT2, /* by the flags in a struct open_how */
	CALL_CREAT,
	CALL_EXEC,
	CALL_MAKE, /* a new folder, node or symbolic link */
	CALL_MOVE, /* a new name for something that is there */
	CALL_ENTER, /* chdir(2), chroot(2): later paths mean something else */
	CALL_CHANGE, /* no path; but what paths mean, or who asks, may be another afterwards */
};

enum { CALL_NONE = -1 };

/* Indices of arguments, CALL_NONE where the call has not got it. */
struct call {
	uint32_t nr;
	uint8_t what; /* enum call_what */
	int8_t dir, path, flags;
};

/* The calls of one kind of caller. */
struct call_arch {
	uint32_t audit; /* AUDIT_ARCH_*, as in struct seccomp_data */
	uint32_t ignore; /* bits of the number that do not count: x32's */
	const struct call *calls;
	size_t n;
};

/* The machine this program is for, and those that its kernel runs too; *n of them. */
const struct call_arch *call_arches(size_t *n);

/* NULL: a call without a path. */
const struct call *call_find(uint32_t audit, uint32_t nr);

#endif
