/* System calls that not every libc has a name for yet (the mount calls came with glibc 2.36), and
 * whose headers, <linux/mount.h> and <sys/mount.h>, exclude each other. mount(2) and what follows.
 */
#ifndef RUN_SYS_H
#define RUN_SYS_H

#include <linux/close_range.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000 /* <linux/fcntl.h>, which excludes <fcntl.h> */
#endif
#ifndef MNT_DETACH
#define MNT_DETACH 2 /* include/linux/fs.h of the kernel; no header for programs has it */
#endif

static inline int sys_mount(const char *source, const char *target, const char *type,
	unsigned long flags, const char *data)
{
	return (int)syscall(SYS_mount, source, target, type, flags, data);
}

static inline int sys_umount2(const char *target, int flags)
{
	return (int)syscall(SYS_umount2, target, flags);
}

static inline int sys_pivot_root(const char *new_root, const char *put_old)
{
	return (int)syscall(SYS_pivot_root, new_root, put_old);
}

static inline int sys_open_tree(int dir, const char *path, unsigned flags)
{
	return (int)syscall(SYS_open_tree, dir, path, flags);
}

static inline int sys_move_mount(int from, int to_dir, const char *to, unsigned flags)
{
	return (int)syscall(SYS_move_mount, from, "", to_dir, to, flags | MOVE_MOUNT_F_EMPTY_PATH);
}

static inline int sys_mount_setattr(int fd, unsigned flags, uint64_t set)
{
	struct mount_attr attr = { .attr_set = set };
	return (int)syscall(SYS_mount_setattr, fd, "", flags, &attr, sizeof(attr));
}

static inline int sys_close_range(unsigned first, unsigned last, unsigned flags)
{
	return (int)syscall(SYS_close_range, first, last, flags);
}

#endif
