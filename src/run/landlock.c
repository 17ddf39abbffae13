#include "run/landlock.h"

#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* <linux/landlock.h> of Linux 6.12, which distributions' headers may not have yet. */
enum { TRUNCATE_FILE = 1 << 14, SCOPE_ABSTRACT_UNIX_SOCKET = 1, SCOPE_SIGNAL = 2 };
enum { ABI_REFER = 2, ABI_TRUNCATE = 3, ABI_SCOPE = 6 };
enum {
	OF_FILES = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
		LANDLOCK_ACCESS_FS_READ_FILE,
	OF_FOLDERS = LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR |
		LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
		LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
		LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
		LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM |
		LANDLOCK_ACCESS_FS_REFER,
};

/* Those of an older kernel's struct come first; what it lacks has to be zero. */
struct ruleset {
	uint64_t fs, net, scoped;
};

static int abi(void)
{
	return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

bool landlock_has_files(void)
{
	return abi() >= ABI_REFER; /* before, no file could be renamed from one folder to another */
}

static int allow(int ruleset, int fd, uint64_t access)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = access, .parent_fd = fd };
	int r = (int)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	return r < 0 ? -errno : 0;
}

/* Such as a log file that /dev/stdout leads to. Pipes and sockets have no place in a tree: Landlock
 * never asks about them. */
static int allow_open_file(int ruleset, int fd, uint64_t access)
{
	struct stat st;
	if (fstat(fd, &st) < 0)
		return 0;
	int r = allow(ruleset, fd, S_ISDIR(st.st_mode) ? access : access & ~(uint64_t)OF_FOLDERS);
	return r == -EBADFD || r == -EBADF ? 0 : r;
}

static int add_files(int ruleset, uint64_t access, const int *fds, size_t n, struct mkr_error *err)
{
	cleanup_fd int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int r = root < 0 ? -errno : allow(ruleset, root, access);
	for (int fd = 0; r == 0 && fd < 3; fd++)
		r = allow_open_file(ruleset, fd, access);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = allow_open_file(ruleset, fds[i], access);
	return r < 0 ? mkr_fail(err, r, "cannot set up Landlock") : 0;
}

int landlock_enter(bool files, const int *fds, size_t n, struct mkr_error *err)
{
	int version = abi();
	struct ruleset rules = { 0 };
	if (files && version >= ABI_REFER)
		rules.fs = OF_FILES | OF_FOLDERS | (version >= ABI_TRUNCATE ? TRUNCATE_FILE : 0);
	if (version >= ABI_SCOPE)
		rules.scoped = SCOPE_ABSTRACT_UNIX_SOCKET | SCOPE_SIGNAL;
	if (!rules.fs && !rules.scoped)
		return 0;
	cleanup_fd int fd = (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof(rules), 0);
	if (fd < 0)
		return mkr_fail(err, -errno, "cannot set up Landlock");
	int r = rules.fs ? add_files(fd, rules.fs, fds, n, err) : 0;
	if (r == 0 && syscall(SYS_landlock_restrict_self, fd, 0) < 0)
		r = mkr_fail(err, -errno, "cannot enter the Landlock domain");
	return r;
}
