#include "cli/trace_list.h"

#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Some millions of paths. */
#define LIST_MAX ((size_t)256 << 20)
enum { FIRST_READ = 65536 };

static int read_all(int fd, char **out, size_t *size)
{
	size_t cap = 0, n = 0;
	char *text = NULL;
	for (;;) {
		if (n == cap) {
			cap = cap ? 2 * cap : FIRST_READ;
			char *more = cap > 2 * LIST_MAX ? NULL : realloc(text, cap);
			if (!more) {
				free(text);
				return cap > 2 * LIST_MAX ? -EFBIG : -ENOMEM;
			}
			text = more;
		}
		ssize_t got = read(fd, text + n, cap - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			int code = -errno;
			free(text);
			return code;
		}
		if (got == 0)
			break;
		n += (size_t)got;
	}
	*out = text;
	*size = n;
	return 0;
}

int trace_list_read(struct mkr_uses *u, const char *name, struct mkr_error *err)
{
	cleanup_free char *text = NULL;
	size_t size = 0;
	cleanup_fd int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int r = fd < 0 ? -errno : read_all(fd, &text, &size);
	if (r < 0)
		return mkr_fail(err, r, "cannot read the list '%s'", name);
	r = mkr_uses_parse(u, text, size, err);
	return r < 0 ? mkr_wrap(err, r, "the list '%s'", name) : 0;
}

static int write_fd(int fd, const char *text, size_t size)
{
	while (size) {
		ssize_t n = write(fd, text, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		size -= (size_t)n;
	}
	return 0;
}

/* Beside its name first. */
static int replace(const char *name, const char *text, size_t size)
{
	char temp[PATH_MAX];
	mode_t mask = umask(0);
	umask(mask);
	int n = snprintf(temp, sizeof(temp), "%s.mkroot-XXXXXX", name);
	if (n < 0 || (size_t)n >= sizeof(temp))
		return -ENAMETOOLONG;
	cleanup_fd int fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	int r = fchmod(fd, 0666 & ~mask) < 0 ? -errno : write_fd(fd, text, size);
	if (r == 0 && rename(temp, name) < 0)
		r = -errno;
	if (r < 0)
		unlink(temp);
	return r;
}

int trace_list_write(const struct mkr_uses *u, const char *name, struct mkr_error *err)
{
	size_t size;
	struct stat st;
	cleanup_free char *text = mkr_uses_print(u, &size);
	int r;
	if (strcmp(name, "-") == 0) {
		r = write_fd(STDOUT_FILENO, text, size);
	} else if (stat(name, &st) == 0 && !S_ISREG(st.st_mode)) {
		cleanup_fd int fd = open(name, O_WRONLY | O_CLOEXEC | O_NOCTTY);
		r = fd < 0 ? -errno : write_fd(fd, text, size);
	} else {
		r = replace(name, text, size);
	}
	return r < 0 ? mkr_fail(err, r, "cannot write the list '%s'", name) : 0;
}
