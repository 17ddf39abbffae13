/* Runs a command on this system and tells which files it used.
 *
 * Each call of the command and of all that it starts, 64-bit or 32-bit, that names a path is told
 * to the caller of mkr_trace() before the kernel carries it out (seccomp_unotify(2), Linux 5.5).
 * Nothing is ptrace(2)d: signals, job control, set-user-ID programs of root and debuggers work as
 * always. */
#ifndef MKROOT_TRACE_H
#define MKROOT_TRACE_H

#include <mkroot/error.h>
#include <mkroot/root.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What was done with a path, each saying more than the one before. */
enum mkr_use {
	MKR_USE_LINK, /* looked at, a symbolic link at its end not followed: lstat(2) */
	MKR_USE_LOOKED, /* looked at: stat(2), access(2), chdir(2) */
	MKR_USE_OPENED, /* or modified: what was there before is needed */
	MKR_USE_EXECUTED,
};

struct mkr_used {
	const char *path; /* absolute; ".." and symbolic links are still in it */
	enum mkr_use use;
};

/* Why something that was used is not input that may be carried away. */
enum mkr_left {
	MKR_LEFT_SYSTEM, /* below /proc /sys /dev /run */
	MKR_LEFT_HOME, /* below a home folder */
	MKR_LEFT_SECRET, /* keys and tokens */
	MKR_LEFT_SHADOW, /* the hashes of passwords: /etc/shadow and its kin */
	MKR_LEFT_SPECIAL, /* a socket, FIFO or device */
	MKR_LEFT_OUTPUT, /* what is being written */
	MKR_LEFT_MADE, /* the command has made it */
	MKR_LEFT_REASONS
};

struct mkr_left_out {
	const char *path;
	enum mkr_left why;
};

/* What of all that was used to take. */
struct mkr_trace_rules {
	const struct mkr_root *root; /* the caller's own "/" */
	const char *const *homes; /* folders nothing below which is taken; ends with NULL; may be
				   * NULL; "/" counts as none */
	uint64_t output_dev, output_ino; /* neither this nor anything below it; ino 0: none */
};

struct mkr_trace;

/* Runs argv[0] (found as by execvp(3)) in the caller's process group, with its environment and
 * descriptors (SIGPIPE at its default), and waits for it; what it leaves running lives on, looked
 * after by a process of ours that holds nothing open and ends with the last of them. *out is freed
 * with mkr_trace_free().
 *
 * *ret_wstatus is what waitpid(2) said. Signals that were sent to the caller go on to the command,
 * and a stop of the command stops the caller, until SIGCONT. On failure *ret_wstatus is an exit
 * status (not of waitpid's kind): 125, or 126 (-EACCES, -ENOEXEC ...: cannot be executed), 127
 * (-ENOENT). -ENOSYS, -EPERM and -EBUSY come with what is missing in this kernel or container.
 *
 * The caller must have no other thread and no child of its own at work. */
int mkr_trace(
	struct mkr_trace **out, const char *const argv[], int *ret_wstatus, struct mkr_error *err);
void mkr_trace_free(struct mkr_trace *t);

/* Were set-user-ID and set-group-ID programs and file capabilities without effect? So they are for
 * a caller that has not got CAP_SYS_ADMIN. */
bool mkr_trace_unprivileged(const struct mkr_trace *t);

/* Calls that could not be told of: of processes in another root, or whose memory is closed to the
 * caller. */
size_t mkr_trace_unseen(const struct mkr_trace *t);

/* Sorts out what was used: looks each path up as it is now. What is not there any more, or never
 * was, or was refused to the one who asked, is neither used nor left out. Both lists are sorted by
 * path and borrowed from the trace. */
int mkr_trace_judge(
	struct mkr_trace *t, const struct mkr_trace_rules *rules, struct mkr_error *err);
const struct mkr_uses *mkr_trace_used(const struct mkr_trace *t);
const struct mkr_left_out *mkr_trace_left_out(const struct mkr_trace *t, size_t *n);

struct mkr_uses;

/* Adds what an earlier run has used, to be judged as if this one had. */
void mkr_trace_add(struct mkr_trace *t, const struct mkr_uses *u);

/* A list of used paths as a text file: "mkroot trace 1", then "USE PATH" lines, sorted by path,
 * with control characters, backslashes and bytes that are not UTF-8 as \\, \n, \t and \xNN. */
struct mkr_uses *mkr_uses_new(void);
void mkr_uses_free(struct mkr_uses *u);

/* Of two uses of one path the one that says more stays. */
void mkr_uses_add(struct mkr_uses *u, const char *path, enum mkr_use use);

/* Sorted by path; borrowed until the next mkr_uses_add(). */
const struct mkr_used *mkr_uses_list(const struct mkr_uses *u, size_t *n);

/* Adds what `size` bytes at `text` list. -EINVAL names the line; nothing was added then. */
int mkr_uses_parse(struct mkr_uses *u, const char *text, size_t size, struct mkr_error *err);

/* The list as text, `*size` bytes; the caller frees it. */
char *mkr_uses_print(const struct mkr_uses *u, size_t *size);

#ifdef __cplusplus
}
#endif

#endif
