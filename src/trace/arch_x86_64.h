/* x86-64 and the two other kinds of programs that its kernel runs: i386 and x32. The most used
 * first: both the filter and call_find() look from the top. For syscalls.c alone. */
#ifndef TRACE_ARCH_X86_64_H
#define TRACE_ARCH_X86_64_H

#include "trace/syscalls.h"

static const struct call x86_64_calls[] = {
	LOOK_AT(SYS_newfstatat, 3),
	OPEN_AT(SYS_openat),
	LINK(SYS_lstat),
	LOOK(SYS_stat),
	OPEN(SYS_open),
	LOOK(SYS_access),
	LINK(SYS_readlink),
	LINK_AT(SYS_readlinkat),
	LOOK_AT(SYS_statx, 2),
	LOOK_AT(SYS_faccessat, CALL_NONE),
	EXEC(SYS_execve),
	EXEC_AT(SYS_execveat),
	ENTER(SYS_chdir),
	CALLS_SINCE_5_1,
	CREAT(SYS_creat),
	LOOK(SYS_statfs),
	LOOK(SYS_truncate),
	LOOK(SYS_chmod),
	LOOK(SYS_chown),
	LINK(SYS_lchown),
	LOOK_AT(SYS_fchmodat, CALL_NONE),
	LOOK_AT(SYS_fchownat, 4),
	LOOK(SYS_utime),
	LOOK(SYS_utimes),
	LOOK_AT(SYS_futimesat, CALL_NONE),
	LOOK_AT(SYS_utimensat, 3),
	LOOK(SYS_getxattr),
	LINK(SYS_lgetxattr),
	LOOK(SYS_listxattr),
	LINK(SYS_llistxattr),
	{ SYS_inotify_add_watch, CALL_LOOK, CALL_NONE, 1, CALL_NONE },
	MAKE(SYS_mkdir),
	MAKE_AT(SYS_mkdirat),
	MAKE(SYS_mknod),
	MAKE_AT(SYS_mknodat),
	SYMLINK(SYS_symlink),
	SYMLINK_AT(SYS_symlinkat),
	MOVE(SYS_rename),
	MOVE_AT(SYS_renameat),
	MOVE_AT(SYS_renameat2),
	MOVE(SYS_link),
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
	EXEC(520), /* x32 (arch/x86/entry/syscalls/syscall_64.tbl) */
	EXEC_AT(545),
};

/* arch/x86/entry/syscalls/syscall_32.tbl; no header has these numbers beside those above. */
static const struct call i386_calls[] = {
	OPEN_AT(295),
	LOOK_AT(300, 3), /* fstatat64 */
	LOOK(195), /* stat64 */
	LINK(196), /* lstat64 */
	OPEN(5),
	LOOK(33), /* access */
	LINK(85), /* readlink */
	LINK_AT(305),
	LOOK_AT(383, 2), /* statx */
	LOOK_AT(307, CALL_NONE), /* faccessat */
	EXEC(11),
	EXEC_AT(358),
	ENTER(12), /* chdir */
	CALLS_SINCE_5_1,
	CREAT(8),
	LOOK(18), /* oldstat */
	LINK(84), /* oldlstat */
	LOOK(106), /* stat */
	LINK(107), /* lstat */
	OPEN(86), /* uselib: its second argument is none, so it reads */
	LOOK(99), /* statfs */
	LOOK(268), /* statfs64 */
	LOOK(92), /* truncate */
	LOOK(193), /* truncate64 */
	LOOK(15), /* chmod */
	LINK(16), /* lchown */
	LINK(198), /* lchown32 */
	LOOK(182), /* chown */
	LOOK(212), /* chown32 */
	LOOK_AT(306, CALL_NONE), /* fchmodat */
	LOOK_AT(298, 4), /* fchownat */
	LOOK(30), /* utime */
	LOOK(271), /* utimes */
	LOOK_AT(299, CALL_NONE), /* futimesat */
	LOOK_AT(320, 3), /* utimensat */
	LOOK_AT(412, 3), /* utimensat_time64 */
	LOOK(229), /* getxattr */
	LINK(230), /* lgetxattr */
	LOOK(232), /* listxattr */
	LINK(233), /* llistxattr */
	{ 292, CALL_LOOK, CALL_NONE, 1, CALL_NONE }, /* inotify_add_watch */
	MAKE(39), /* mkdir */
	MAKE_AT(296),
	MAKE(14), /* mknod */
	MAKE_AT(297),
	SYMLINK(83),
	SYMLINK_AT(304),
	MOVE(38), /* rename */
	MOVE_AT(302), /* renameat */
	MOVE_AT(353), /* renameat2 */
	MOVE(9), /* link */
	MOVE_AT(303), /* linkat */
	ENTER(61), /* chroot */
	CHANGE(133), /* fchdir */
	CHANGE(217), /* pivot_root */
	CHANGE(346), /* setns */
	CHANGE(310), /* unshare */
	CHANGE(23), /* setuid, setgid, setreuid ... and their 32-bit forms */
	CHANGE(46),
	CHANGE(70),
	CHANGE(71),
	CHANGE(81),
	CHANGE(138),
	CHANGE(139),
	CHANGE(164),
	CHANGE(170),
	CHANGE(185),
	CHANGE(203),
	CHANGE(204),
	CHANGE(206),
	CHANGE(208),
	CHANGE(210),
	CHANGE(213),
	CHANGE(214),
	CHANGE(215),
	CHANGE(216),
};

#define N_ARCHES 2
enum { X32_BIT = 0x40000000 }; /* __X32_SYSCALL_BIT */
static const struct call_arch arches[N_ARCHES] = {
	{ AUDIT_ARCH_X86_64, X32_BIT, x86_64_calls, sizeof(x86_64_calls) / sizeof(*x86_64_calls) },
	{ AUDIT_ARCH_I386, 0, i386_calls, sizeof(i386_calls) / sizeof(*i386_calls) },
};

#endif
