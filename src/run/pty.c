#include "run/pty.h"

#include "base/cleanup.h"
#include "run/mount.h"
#include "run/op.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Not what a volume may have put there. */
static int open_master(struct mkr_error *err)
{
	struct statfs fs;
	int fd = open("/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return mkr_fail(err, -errno, "cannot open '/dev/pts/ptmx'");
	if (fstatfs(fd, &fs) == 0 && fs.f_type == DEVPTS_SUPER_MAGIC)
		return fd;
	close(fd);
	return mkr_failx(err, -ENXIO, "'/dev/pts/ptmx' makes no terminals");
}

/* As docker has it. What is mounted is the terminal that was just made, by its descriptor, on a
 * file that was made for it: no name is gone along that could lead elsewhere (CVE-2025-52565). */
static int mount_console(int terminal, int console, struct mkr_error *err)
{
	struct stat room, there;
	if (fstat(console, &room) < 0 || lstat("/dev/console", &there) < 0 ||
		room.st_dev != there.st_dev || room.st_ino != there.st_ino)
		return 0; /* a volume, or a device that was asked for */
	cleanup_fd int mount = mount_copy(terminal, "", OP_NOSUID | OP_NOEXEC);
	int r = mount < 0 ? mount : mount_attach(mount, console);
	return r < 0 ? mkr_fail(err, r, "cannot mount the terminal on '/dev/console'") : 0;
}

int pty_open(const struct pty_wish *wish, int console, struct mkr_error *err)
{
	const int locked = 0;
	cleanup_fd int master = open_master(err);
	if (master < 0)
		return master;
	if (ioctl(master, TIOCSPTLCK, &locked) < 0)
		return mkr_fail(err, -errno, "cannot unlock the terminal");
	cleanup_fd int fd = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return mkr_fail(err, -errno, "cannot open the terminal");
	struct termios modes = wish->modes;
	/* Outside, the ends of lines are seen to already. */
	if (!wish->foreground)
		modes.c_oflag &= ~(tcflag_t)OPOST;
	if (tcsetattr(fd, TCSANOW, &modes) < 0 || ioctl(fd, TIOCSWINSZ, &wish->size) < 0)
		return mkr_fail(err, -errno, "cannot set the terminal up");
	if (ioctl(fd, TIOCSCTTY, 0) < 0)
		return mkr_fail(err, -errno, "cannot take the terminal");
	int r = mount_console(fd, console, err);
	if (r < 0)
		return r;
	for (int std = 0; std < 3; std++)
		if (wish->replaces[std] && dup2(fd, std) < 0)
			return mkr_fail(err, -errno, "cannot use the terminal");
	return steal_fd(&master);
}

int pty_give(uid_t uid, struct mkr_error *err)
{
	return uid && fchown(STDIN_FILENO, uid, (gid_t)-1) < 0
		? mkr_fail(err, -errno, "cannot give the terminal to the user %u", uid)
		: 0;
}
