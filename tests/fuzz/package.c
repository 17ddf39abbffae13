/* The databases of package managers: the input, cut at form feeds, is the files of a root. */
#include "fuzz.h"

#include "package/package.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const folders[] = { "var", "var/lib", "var/lib/dpkg", "var/lib/dpkg/info",
	"var/lib/dpkg/status.d", "lib", "lib/apk", "lib/apk/db", "var/lib/pacman",
	"var/lib/pacman/local", "var/lib/pacman/local/n" };
static const char *const names[] = { "var/lib/dpkg/status", "var/lib/dpkg/info/ed.list",
	"lib/apk/db/installed", "var/lib/pacman/local/n/desc", "var/lib/dpkg/diversions",
	"var/lib/dpkg/status.d/x", "var/lib/dpkg/status.d/x.md5sums" };
enum { N_FOLDERS = sizeof(folders) / sizeof(*folders), N_NAMES = sizeof(names) / sizeof(*names) };

static void make(char dir[64], int *ret_fd)
{
	struct stat st;
	snprintf(
		dir, 64, "%s/mkroot-fuzz-XXXXXX", stat("/dev/shm", &st) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(dir))
		abort();
	*ret_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < N_FOLDERS; i++)
		mkdirat(*ret_fd, folders[i], 0755);
}

static void clean(const char *dir, int fd)
{
	for (size_t i = 0; i < N_NAMES; i++)
		unlinkat(fd, names[i], 0);
	for (size_t i = N_FOLDERS; i-- > 0;)
		unlinkat(fd, folders[i], AT_REMOVEDIR);
	rmdir(dir);
	close(fd);
}

static void put(int fd, const char *name, const uint8_t *data, size_t n)
{
	int file = openat(fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (file < 0 || write(file, data, n) != (ssize_t)n)
		abort();
	close(file);
}

static void look(struct packages *p)
{
	packages_owner(p, "/usr/bin/ed");
	const struct package *ed = packages_named(p, "ed"), *x = packages_named(p, "x");
	struct str path;
	for (size_t at = 0; ed && packages_next_file(p, ed, &at, &path);)
		if (path.p[0] != '/' || memchr(path.p, '\n', path.n))
			abort();
	if (ed && x)
		packages_depends(p, ed, x);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char dir[64];
	const char *warning;
	struct mkr_root *root;
	int fd;
	make(dir, &fd);
	/* One database after the other: the first that is there is the one that counts. */
	for (size_t i = 0; i < N_NAMES; i++) {
		const uint8_t *cut = size && i + 1 < N_NAMES ? memchr(data, '\f', size) : NULL;
		size_t n = cut ? (size_t)(cut - data) : size;
		put(fd, names[i], data, n);
		data += cut ? n + 1 : n;
		size -= cut ? n + 1 : n;
	}
	for (size_t i = 0; i < N_NAMES; i++) {
		if (mkr_root_open(&root, dir, NULL) < 0)
			abort();
		struct packages *p = packages_open(root);
		look(p);
		while ((warning = packages_warning(p)))
			if (strchr(warning, '\n'))
				abort();
		packages_free(p);
		mkr_root_free(root);
		unlinkat(fd, names[i], 0);
	}
	clean(dir, fd);
	return 0;
}
