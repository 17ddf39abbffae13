/* The init is a fork of the launcher, so /proc/1/exe is mkroot's own file on the host, and so is
 * what
 * "/proc/self/exe" means as a command, as the interpreter of a script or as a loader: who gets hold
 * of that as root has the host, by writing to it once nobody runs it (CVE-2019-5736) or by chmod(2)
 * at once. Landlock's wall lets nobody execute what is not below the root, and pid 1, which cannot
 * be dumped, shows its file to nobody but CAP_SYS_PTRACE. Where that does not do, the launcher
 * starts over: from its own file on a read-only mount, or else from a sealed copy in memory.
 */
#include "base/cleanup.h"
#include "run/landlock.h"
#include "run/op.h"
#include "run/sys.h"

#include <mkroot/run.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/memfd.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#ifndef MFD_EXEC
#define MFD_EXEC 0x10U /* <linux/memfd.h> of Linux 6.3 */
#endif
enum { SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };
enum { ARGUMENTS_MAX = 1 << 21, DEPTH_MAX = 256 };

/* A sealed copy, or on a mount that nobody can write through. */
static bool is_safe(int exe)
{
	struct statvfs fs;
	int seals = fcntl(exe, F_GET_SEALS);
	if (seals >= 0 && (seals & SEALS) == SEALS)
		return true;
	return fstatvfs(exe, &fs) == 0 && (fs.f_flag & ST_RDONLY);
}

/* True when `folder` is one of those above the program: what Landlock allows is below the root, on
 * whatever mount. */
static bool is_above_us(int folder)
{
	struct stat want, st, last = { 0 };
	char path[4096];
	ssize_t n = readlinkat(AT_FDCWD, "/proc/self/exe", path, sizeof(path) - 1);
	if (n <= 0 || fstat(folder, &want) < 0)
		return true;
	path[n] = '\0';
	char *slash = strrchr(path, '/');
	slash[slash == path] = '\0';
	cleanup_fd int at = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	for (int i = 0; i < DEPTH_MAX && at >= 0 && fstat(at, &st) == 0; i++) {
		if (st.st_dev == want.st_dev && st.st_ino == want.st_ino)
			return true;
		if (i && st.st_dev == last.st_dev && st.st_ino == last.st_ino)
			return false; /* "/" */
		last = st;
		int up = openat(at, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		close(at);
		at = up;
	}
	return true;
}

static bool has_wall(const struct mkr_image *img, const struct mkr_box *box)
{
	int dir = mkr_image_dir(img);
	const uint64_t around = UINT64_C(1) << CAP_SYS_ADMIN | UINT64_C(1) << CAP_SYS_PTRACE;
	return !box->landlock_unconfined && !(box->caps & around) && landlock_has_files() &&
		(dir < 0 || !is_above_us(dir));
}

/* The mount has no place in any tree: nobody can make it writable again. */
static int mount_read_only(void)
{
	cleanup_fd int fd =
		sys_open_tree(AT_FDCWD, "/proc/self/exe", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (fd < 0 || sys_mount_setattr(fd, AT_EMPTY_PATH, OP_RO) < 0)
		return -errno;
	return steal_fd(&fd);
}

static int copy(int exe, struct mkr_error *err)
{
	const unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	struct stat st;
	cleanup_fd int fd = memfd_create("mkroot", flags | MFD_EXEC);
	if (fd < 0 && errno == EINVAL)
		fd = memfd_create("mkroot", flags);
	if (fd < 0 || fstat(exe, &st) < 0)
		return mkr_fail(err, -errno, "cannot make a copy of mkroot in memory");
	for (off_t at = 0; at < st.st_size;) {
		ssize_t n = sendfile(fd, exe, &at, (size_t)(st.st_size - at));
		if (n <= 0)
			return mkr_fail(err, n < 0 ? -errno : -EIO, "cannot copy mkroot to memory");
	}
	if (fcntl(fd, F_ADD_SEALS, SEALS) < 0)
		return mkr_fail(err, -errno, "cannot seal mkroot's copy");
	return steal_fd(&fd);
}

/* The arguments as they came, from /proc/self/cmdline; one after the other in `text`. */
static int own_arguments(char *text, size_t max, struct mkr_error *err)
{
	cleanup_fd int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	size_t used = 0;
	ssize_t n = fd < 0 ? -1 : 0;
	while (fd >= 0 && used < max && (n = read(fd, text + used, max - used)) > 0)
		used += (size_t)n;
	if (n < 0)
		return mkr_fail(err, -errno, "cannot read '/proc/self/cmdline'");
	if (used == max || used == 0 || text[used - 1])
		return mkr_failx(err, -E2BIG, "cannot read '/proc/self/cmdline'");
	return (int)used;
}

static int start_over(int fd, struct mkr_error *err)
{
	cleanup_free char *text = malloc(ARGUMENTS_MAX);
	if (!text)
		return mkr_fail(err, -ENOMEM, "cannot read '/proc/self/cmdline'");
	int n = own_arguments(text, ARGUMENTS_MAX, err);
	if (n < 0)
		return n;
	cleanup_free char **argv = calloc((size_t)n + 1, sizeof(*argv));
	if (!argv)
		return mkr_fail(err, -ENOMEM, "cannot read '/proc/self/cmdline'");
	size_t argc = 0;
	for (char *p = text; p < text + n; p += strlen(p) + 1)
		argv[argc++] = p;
	fexecve(fd, argv, environ);
	return mkr_fail(err, -errno, "cannot execute mkroot's copy in memory");
}

int mkr_run_protect(const struct mkr_image *img, const struct mkr_box *box, struct mkr_error *err)
{
	if (box->chroot || has_wall(img, box))
		return 0;
	cleanup_fd int exe = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (exe < 0)
		return mkr_fail(err, -errno, "cannot open '/proc/self/exe'");
	if (is_safe(exe))
		return 0;
	cleanup_fd int fd = mount_read_only();
	if (fd < 0)
		fd = copy(exe, err);
	return fd < 0 ? fd : start_over(fd, err);
}
