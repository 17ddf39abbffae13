#include "os/write.h"

#include "base/cleanup.h"
#include "os/temp.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

enum {
	LINKS_MAX = 40, /* MAXSYMLINKS, include/linux/namei.h */
	COPY_BUFFER = 128 * 1024, /* fits the L2 cache; 1 MiB costs up to 40 % more CPU */
	COPY_STEP = 1 << 30,
	TRIES = 16,
};

/* One hop: the directory of `path`, seen from *at, into *at; `name` is what follows. */
static int enter_parent(int *at, char *path, char name[static NAME_MAX + 1], struct mkr_error *err)
{
	char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path, *dir = ".";
	if (!*base || strcmp(base, ".") == 0 || strcmp(base, "..") == 0)
		return mkr_failx(err, -EISDIR, "'%s' names a folder, not a file", path);
	if (strlen(base) > NAME_MAX)
		return mkr_fail(err, -ENAMETOOLONG, "cannot create '%s'", base);
	memcpy(name, base, strlen(base) + 1);
	if (slash == path)
		dir = "/";
	else if (slash)
		dir = path;
	if (slash && slash != path)
		*slash = '\0';
	int fd = openat(*at, dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return mkr_fail(err, -errno, "cannot open the folder '%s'", dir);
	if (*at >= 0)
		close(*at);
	*at = fd;
	return 0;
}

/* As fs.protected_symlinks=1 has it (proc(5)), which the kernel cannot see to where we go along a
 * link ourselves: in /tmp one of another user's may lead anywhere. */
static bool is_a_trap(int dir, const struct stat *link)
{
	struct stat st;
	return fstat(dir, &st) < 0 ||
		((st.st_mode & (S_ISVTX | S_IWOTH)) == (S_ISVTX | S_IWOTH) &&
			link->st_uid != geteuid() && link->st_uid != st.st_uid);
}

/* The target of the link `name`; 0: it is none, or not there. *ret_trap: it is not to be followed.
 */
static ssize_t read_link(int dir, const char *name, char target[static PATH_MAX], bool *ret_trap)
{
	struct stat st;
	cleanup_fd int fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISLNK(st.st_mode))
		return 0;
	*ret_trap = is_a_trap(dir, &st);
	if (*ret_trap)
		return -EACCES;
	ssize_t n = readlinkat(fd, "", target, PATH_MAX);
	if (n < 0)
		return -errno;
	return n == PATH_MAX ? -ENAMETOOLONG : n;
}

int open_parent(const char *path, char name[static NAME_MAX + 1], struct mkr_error *err)
{
	char text[PATH_MAX], target[PATH_MAX];
	if (strlen(path) >= sizeof(text))
		return mkr_fail(err, -ENAMETOOLONG, "cannot create '%s'", path);
	memcpy(text, path, strlen(path) + 1);
	cleanup_fd int at = AT_FDCWD;
	bool trap = false;
	for (int links = 0; links <= LINKS_MAX; links++) {
		int r = enter_parent(&at, text, name, err);
		if (r < 0)
			return r;
		ssize_t n = read_link(at, name, target, &trap);
		if (n == 0)
			return steal_fd(&at);
		if (n < 0)
			mkr_fail(err, (int)n, "cannot create '%s'", path);
		if (trap)
			mkr_detail(err, "cause",
				"it is another user's link, in a folder that all can write to");
		if (n < 0)
			return (int)n;
		memcpy(text, target, (size_t)n);
		text[n] = '\0';
	}
	return mkr_fail(err, -ELOOP, "cannot create '%s'", path);
}

/* The descriptor's magic link; false without /proc. */
static bool proc_link(char out[static 40], int fd)
{
	snprintf(out, 40, "/proc/self/fd/%d", fd);
	return faccessat(AT_FDCWD, out, F_OK, 0) == 0;
}

/* Without a name there is nothing that a killed process could leave behind (open(2), O_TMPFILE). */
static int create(struct new_file *f)
{
	char link[40];
	f->temp[0] = '\0';
	f->fd = openat(f->dirfd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
	if (f->fd >= 0 && proc_link(link, f->fd))
		return 0;
	if (f->fd >= 0)
		close(f->fd);
	temp_sweep(f->dirfd, f->name);
	int code = -EEXIST;
	for (int i = 0; i < TRIES && code == -EEXIST; i++) {
		temp_name(f->temp, f->name);
		f->fd = openat(f->dirfd, f->temp,
			O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
		code = f->fd < 0 ? -errno : 0;
		if (f->fd < 0 || temp_hold(f->dirfd, f->temp, f->fd))
			continue;
		close(steal_fd(&f->fd));
		code = -EEXIST;
	}
	return code;
}

int new_file_open(struct new_file *f, const char *path, struct mkr_error *err)
{
	*f = (struct new_file){ .fd = -1, .dirfd = -1 };
	struct stat st;
	bool there = stat(path, &st) == 0;
	if (there && S_ISDIR(st.st_mode))
		return mkr_failx(err, -EISDIR, "'%s' is a folder", path);
	if (there && !S_ISREG(st.st_mode)) {
		f->fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
		f->direct = true;
		return f->fd < 0 ? mkr_fail(err, -errno, "cannot open '%s'", path) : 0;
	}
	cleanup_fd int dirfd = open_parent(path, f->name, err);
	if (dirfd < 0)
		return dirfd;
	f->dirfd = dirfd;
	int r = create(f);
	if (r < 0)
		return mkr_fail(err, r, "cannot create '%s'", path);
	f->dirfd = steal_fd(&dirfd);
	return 0;
}

/* Gives a file without a name one: at once where the name is free, else one to be renamed. */
static int link_in(struct new_file *f)
{
	char link[40];
	if (!proc_link(link, f->fd))
		return -ENOENT;
	if (linkat(AT_FDCWD, link, f->dirfd, f->name, AT_SYMLINK_FOLLOW) == 0)
		return 0;
	int code = -errno;
	if (code == -EEXIST)
		temp_sweep(f->dirfd, f->name);
	flock(f->fd, LOCK_EX | LOCK_NB); /* as temp_hold(), before anybody can see it */
	for (int i = 0; i < TRIES && code == -EEXIST; i++) {
		temp_name(f->temp, f->name);
		if (linkat(AT_FDCWD, link, f->dirfd, f->temp, AT_SYMLINK_FOLLOW) == 0)
			return 0;
		code = -errno;
	}
	f->temp[0] = '\0';
	return code;
}

int new_file_commit(struct new_file *f)
{
	/* Closing a copy makes a network file system say now what it could not store (close(2)). */
	int copy = fcntl(f->fd, F_DUPFD_CLOEXEC, 0);
	if (copy < 0 || close(copy) < 0)
		return -errno;
	if (f->direct)
		return 0;
	if (!f->temp[0]) {
		int r = link_in(f);
		if (r < 0)
			return r;
	}
	if (f->temp[0] && renameat(f->dirfd, f->temp, f->dirfd, f->name) < 0)
		return -errno;
	f->temp[0] = '\0';
	return 0;
}

void new_file_drop(struct new_file *f)
{
	if (f->temp[0] && f->dirfd >= 0)
		unlinkat(f->dirfd, f->temp, 0);
	f->temp[0] = '\0';
	if (f->fd >= 0)
		close(steal_fd(&f->fd));
	if (f->dirfd >= 0)
		close(steal_fd(&f->dirfd));
}

int write_all(int fd, const void *data, size_t n)
{
	const char *p = data;
	while (n) {
		ssize_t put = write(fd, p, n);
		if (put < 0 && errno == EAGAIN) {
			poll(&(struct pollfd){ .fd = fd, .events = POLLOUT }, 1, -1);
		} else if (put < 0 && errno != EINTR) {
			return -errno;
		} else if (put > 0) {
			p += put;
			n -= (size_t)put;
		}
	}
	return 0;
}

/* The slow half: it also tells which side an error is of, which copy_file_range(2) does not. */
static int copy_through_buffer(int to, int from, uint64_t size, struct copied *ret)
{
	char buffer[COPY_BUFFER];
	while (ret->n < size) {
		uint64_t left = size - ret->n;
		ssize_t got =
			read(from, buffer, left < sizeof(buffer) ? (size_t)left : sizeof(buffer));
		if (got < 0 && errno == EINTR)
			continue;
		ret->reading = got < 0;
		if (got < 0)
			return -errno;
		if (got == 0)
			return 0;
		int r = write_all(to, buffer, (size_t)got);
		if (r < 0)
			return r;
		ret->n += (uint64_t)got;
	}
	return 0;
}

/* Between file systems copy_file_range(2) is EXDEV, and says by it that both are regular files.
 * sendfile(2) saves one of the two copies there. Never into a pipe: that would hold the source's
 * own pages, and whoever changes the source later changes what the reader gets. */
static ssize_t copy_in_kernel(int to, int from, size_t n, bool *sends)
{
	ssize_t got = -1;
	if (!*sends)
		got = copy_file_range(from, NULL, to, NULL, n, 0);
	if (*sends || (got < 0 && errno == EXDEV)) {
		*sends = true;
		got = sendfile(to, from, NULL, n);
	}
	return got;
}

int copy_bytes(int to, int from, uint64_t size, struct copied *ret)
{
	bool sends = false;
	*ret = (struct copied){ 0 };
	while (ret->n < size) {
		uint64_t left = size - ret->n;
		ssize_t got = copy_in_kernel(
			to, from, left < COPY_STEP ? (size_t)left : COPY_STEP, &sends);
		/* 0 is the end, but some file systems say it of files that they cannot copy. */
		if (got <= 0)
			return copy_through_buffer(to, from, size, ret);
		ret->n += (uint64_t)got;
	}
	return 0;
}

/* Where the next stretch of data from `at` on begins and ends; at the end of the file both are
 * `size`. False: the file system does not tell. */
static bool next_data(int fd, uint64_t at, uint64_t size, uint64_t *begin, uint64_t *end)
{
	*begin = *end = size;
	off_t data = lseek(fd, (off_t)at, SEEK_DATA);
	if (data < 0)
		return errno == ENXIO;
	off_t hole = lseek(fd, data, SEEK_HOLE);
	if (hole < 0)
		return false;
	if ((uint64_t)data < size)
		*begin = (uint64_t)data;
	if ((uint64_t)hole < size)
		*end = (uint64_t)hole;
	return true;
}

int copy_sparse(int to, int from, uint64_t size, struct copied *ret)
{
	struct stat st;
	*ret = (struct copied){ .reading = true };
	if (fstat(from, &st) < 0)
		return -errno;
	if ((uint64_t)st.st_blocks * 512 >= size)
		return copy_bytes(to, from, size, ret);
	uint64_t at = 0, begin, end;
	while (at < size) {
		if (!next_data(from, at, size, &begin, &end)) {
			begin = at;
			end = size;
		}
		if (begin == size)
			break;
		if (lseek(from, (off_t)begin, SEEK_SET) < 0 ||
			lseek(to, (off_t)begin, SEEK_SET) < 0)
			return -errno;
		struct copied part;
		int r = copy_bytes(to, from, end - begin, &part);
		*ret = (struct copied){ begin + part.n, part.reading };
		if (r < 0 || part.n < end - begin)
			return r;
		at = end;
	}
	ret->reading = false;
	if (ftruncate(to, (off_t)size) < 0)
		return -errno;
	/* A source that shrank has lost its tail to a "hole". */
	if (fstat(from, &st) < 0)
		return -errno;
	ret->n = (uint64_t)st.st_size < size ? (uint64_t)st.st_size : size;
	return 0;
}
