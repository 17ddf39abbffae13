/* An ld.so.conf and what it includes: the input, cut at each form feed, is the files of a root. */
#include "fuzz.h"

#include "loader/ldconf.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const names[] = { "etc/ld.so.conf", "etc/a.conf", "etc/d/b.conf",
	"etc/d/c.conf" };
enum { N_NAMES = sizeof(names) / sizeof(*names) };

/* In memory where that is, so that a run is no trial of the disk. */
static struct mkr_root *make_root(int *ret_fd)
{
	struct mkr_root *root;
	struct stat st;
	char path[64] = "/dev/shm/mkroot-fuzz-XXXXXX";
	if (stat("/dev/shm", &st) < 0 || !mkdtemp(path))
		snprintf(path, sizeof(path), "/tmp/mkroot-fuzz-XXXXXX");
	if (strstr(path, "XXXXXX") && !mkdtemp(path))
		abort();
	if (mkr_root_open(&root, path, NULL) < 0)
		abort();
	*ret_fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	mkdirat(*ret_fd, "etc", 0755);
	mkdirat(*ret_fd, "etc/d", 0755);
	return root;
}

static void put(int fd, const char *name, const uint8_t *data, size_t n)
{
	int file = openat(fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (file < 0 || write(file, data, n) != (ssize_t)n)
		abort();
	close(file);
}

static void clean(int fd, struct mkr_root *root)
{
	char path[4096], link[64];
	for (size_t i = 0; i < N_NAMES; i++)
		unlinkat(fd, names[i], 0);
	unlinkat(fd, "etc/d", AT_REMOVEDIR);
	unlinkat(fd, "etc", AT_REMOVEDIR);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, path, sizeof(path) - 1);
	if (n > 0) {
		path[n] = '\0';
		rmdir(path);
	}
	close(fd);
	mkr_root_free(root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd;
	struct mkr_root *root = make_root(&fd);
	for (size_t i = 0; i < N_NAMES; i++) {
		const uint8_t *cut = size && i + 1 < N_NAMES ? memchr(data, '\f', size) : NULL;
		size_t n = cut ? (size_t)(cut - data) : size;
		put(fd, names[i], data, n);
		data += cut ? n + 1 : n;
		size -= cut ? n + 1 : n;
	}
	for (unsigned version = 236; version <= 237; version++) {
		struct registry reg;
		registry_init(&reg, root);
		const char *const *dirs = ldconf_read(&reg, "/etc/ld.so.conf", version);
		for (size_t i = 0; dirs && dirs[i]; i++)
			if (dirs[i][0] != '/' || !dirs[i][1] || strchr(dirs[i], '\n'))
				abort();
		registry_done(&reg);
	}
	clean(fd, root);
	return 0;
}
