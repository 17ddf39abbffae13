#include "cli/trace_list.h"

#include "base/cleanup.h"
#include "cli/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
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

int trace_list_write(const struct mkr_uses *u, const char *name, struct mkr_error *err)
{
	size_t size;
	struct whole_file f;
	cleanup_free char *text = mkr_uses_print(u, &size);
	int r = whole_file_open(&f, name, err);
	if (r < 0)
		return mkr_wrap(err, r, "the list");
	fwrite(text, 1, size, f.out);
	r = whole_file_close(&f, err);
	if (r == 0)
		r = whole_file_commit(&f, err);
	whole_file_drop(&f);
	return r < 0 ? mkr_wrap(err, r, "the list") : 0;
}
