#include "run/cgroup_file.h"

#include "base/cleanup.h"
#include "base/vec.h"

#include <errno.h>
#include <fcntl.h>

enum { STEP = 8192, TEXT_MAX = 16 << 20 };

int read_text(const char **ret, struct arena *arena, int dir, const char *name)
{
	cleanup_fd int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	cleanup_free char *text = NULL;
	size_t used = 0, cap = 0;
	for (;;) {
		vec_grow_((void **)(void *)&text, &cap, used + STEP, 1);
		ssize_t n = read(fd, text + used, STEP);
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		used += (size_t)n;
		if (used > TEXT_MAX)
			return -EFBIG;
	}
	if (used && text[used - 1] == '\n')
		used--;
	*ret = arena_dup_str(arena, (struct str){ text, used });
	return 0;
}

int write_text(int dir, const char *name, const char *text)
{
	cleanup_fd int fd = openat(dir, name, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return write(fd, text, strlen(text)) < 0 ? -errno : 0;
}
