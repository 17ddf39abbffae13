#include "run/pty.h"

#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/fsuid.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Not what a volume may have put there. */
static int open_master(uid_t uid, struct mkr_error *err)
{
	struct statfs fs;
	/* devpts gives the new terminal to who opens (devpts_pty_new() in fs/devpts/inode.c). */
	setfsuid(uid);
	int fd = open("/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NOFOLLOW);
	int code = fd < 0 ? -errno : 0;
	setfsuid(geteuid());
	if (fd < 0)
		return mkr_fail(err, code, "cannot open '/dev/pts/ptmx'");
	if (fstatfs(fd, &fs) == 0 && fs.f_type == DEVPTS_SUPER_MAGIC)
		return fd;
	close(fd);
	return mkr_failx(err, -ENXIO, "'/dev/pts/ptmx' makes no terminals");
}

int pty_open(const struct pty_wish *wish, uid_t uid, struct mkr_error *err)
{
	const int locked = 0;
	cleanup_fd int master = open_master(uid, err);
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
	for (int std = 0; std < 3; std++)
		if (wish->replaces[std] && dup2(fd, std) < 0)
			return mkr_fail(err, -errno, "cannot use the terminal");
	return steal_fd(&master);
}
