/* aarch64: the generic table, which has only the calls with a dirfd. 32-bit programs are not known
 * here: what they open is not told. For syscalls.c alone. */
#ifndef TRACE_ARCH_AARCH64_H
#define TRACE_ARCH_AARCH64_H

#include "trace/syscalls.h"

static const struct call aarch64_calls[] = {
	LOOK_AT(SYS_newfstatat, 3),
	OPEN_AT(SYS_openat),
	LINK_AT(SYS_readlinkat),
	LOOK_AT(SYS_statx, 2),
	LOOK_AT(SYS_faccessat, CALL_NONE),
	EXEC(SYS_execve),
	EXEC_AT(SYS_execveat),
	ENTER(SYS_chdir),
	CALLS_SINCE_5_1,
	LOOK(SYS_statfs),
	LOOK(SYS_truncate),
	LOOK_AT(SYS_fchmodat, CALL_NONE),
	LOOK_AT(SYS_fchownat, 4),
	LOOK_AT(SYS_utimensat, 3),
	LOOK(SYS_getxattr),
	LINK(SYS_lgetxattr),
	LOOK(SYS_listxattr),
	LINK(SYS_llistxattr),
	{ SYS_inotify_add_watch, CALL_LOOK, CALL_NONE, 1, CALL_NONE },
	MAKE_AT(SYS_mkdirat),
	MAKE_AT(SYS_mknodat),
	SYMLINK_AT(SYS_symlinkat),
	MOVE_AT(SYS_renameat),
	MOVE_AT(SYS_renameat2),
	MOVE_AT(SYS_linkat),
	ENTER(SYS_chroot),
	CHANGE(SYS_fchdir),
	CHANGE(SYS_pivot_root),
	CHANGE(SYS_setns),
	CHANGE(SYS_unshare),
	CHANGE(SYS_setuid),
	CHANGE(SYS_setgid),
	CHANGE(SYS_setreuid),
	CHANGE(SYS_setregid),
	CHANGE(SYS_setresuid),
	CHANGE(SYS_setresgid),
	CHANGE(SYS_setfsuid),
	CHANGE(SYS_setfsgid),
	CHANGE(SYS_setgroups),
	CHANGE(SYS_capset),
};

#define N_ARCHES 1
static const struct call_arch arches[N_ARCHES] = {
	{ AUDIT_ARCH_AARCH64, 0, aarch64_calls, sizeof(aarch64_calls) / sizeof(*aarch64_calls) },
};

#endif
