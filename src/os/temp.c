#include "os/temp.h"

#include "base/cleanup.h"
#include "os/clear.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>

enum {
	NAME_KEPT = 200, /* of a name in its temporary one: NAME_MAX less what is added */
	RANDOM = 6,
	TRIES = 16,
};

static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

static int write_prefix(char out[static NAME_MAX + 1], const char *name)
{
	return snprintf(out, NAME_MAX + 1, "%s%.*s.mkroot-", *name ? "." : "", NAME_KEPT, name);
}

void temp_name(char out[static NAME_MAX + 1], const char *name)
{
	unsigned char random[RANDOM] = { 0 };
	char *tail = out + write_prefix(out, name);
	/* A guessed name does no harm: it is created with O_EXCL. So no entropy is no failure. */
	if (getrandom(random, sizeof(random), GRND_NONBLOCK) < 0)
		memset(random, getpid() & 0xff, sizeof(random));
	for (size_t i = 0; i < sizeof(random); i++)
		tail[i] = digits[random[i] % (sizeof(digits) - 1)];
	tail[sizeof(random)] = '\0';
}

static bool is_still(int parent, const char *name, int fd)
{
	struct stat named, open;
	return fstatat(parent, name, &named, AT_SYMLINK_NOFOLLOW) == 0 && fstat(fd, &open) == 0 &&
		named.st_dev == open.st_dev && named.st_ino == open.st_ino;
}

bool temp_hold(int parent, const char *temp, int fd)
{
	if (flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
		return false;
	return is_still(parent, temp, fd);
}

int temp_dir(char out[static NAME_MAX + 1], int parent, const char *name, mode_t mode)
{
	temp_sweep(parent, name);
	int code = -EEXIST;
	for (int i = 0; i < TRIES && code == -EEXIST; i++) {
		temp_name(out, name);
		if (mkdirat(parent, out, mode) < 0) {
			code = -errno;
			continue;
		}
		if (mode == 0700)
			fchmodat(parent, out, mode, 0);
		cleanup_fd int fd =
			openat(parent, out, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		code = fd < 0 ? -errno : 0;
		if (fd >= 0 && temp_hold(parent, out, fd))
			return steal_fd(&fd);
		unlinkat(parent, out, AT_REMOVEDIR);
		if (code == 0 || code == -ENOENT)
			code = -EEXIST; /* swept away */
	}
	out[0] = '\0';
	return code;
}

static void sweep_one(int dir, const char *name)
{
	struct stat st;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || st.st_uid != geteuid() ||
		(!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode)))
		return;
	cleanup_fd int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	/* It may have got its own name in the meantime. */
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && is_still(dir, name, fd))
		clear_tree(dir, name);
}

void temp_sweep(int parent, const char *name)
{
	char prefix[NAME_MAX + 1];
	size_t n = (size_t)write_prefix(prefix, name);
	int fd = openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_dir DIR *list = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *d;
	while (list && (d = readdir(list)))
		if (strncmp(d->d_name, prefix, n) == 0 && strlen(d->d_name) == n + RANDOM &&
			strspn(d->d_name + n, digits) == RANDOM)
			sweep_one(dirfd(list), d->d_name);
}
