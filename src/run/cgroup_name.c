#include "run/cgroup_name.h"

#include "base/cleanup.h"
#include "run/limit_value.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>

bool stat_start(const char *text, unsigned long long *ret)
{
	/* Field 2, the program's name, may hold blanks and parentheses: it ends at the last one. */
	const char *end = strrchr(text, ')');
	if (!end)
		return false;
	struct str rest = str_from(end + 1), field;
	int64_t n;
	for (int i = 2; str_split(&rest, " ", &field); i++) {
		if (i < 22)
			continue;
		if (!value_number(field, 0, &n))
			return false;
		*ret = (unsigned long long)n;
		return true;
	}
	return false;
}

static int read_stat(const char *path, char text[1024])
{
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, 1023);
	if (n < 0)
		return -errno;
	text[n] = '\0';
	return 0;
}

int group_name(char *buf, size_t size)
{
	char text[1024];
	unsigned long long start;
	int r = read_stat("/proc/self/stat", text);
	if (r < 0)
		return r;
	if (!stat_start(text, &start))
		return -EINVAL;
	snprintf(buf, size, "mkroot-%d-%llu", (int)getpid(), start);
	return 0;
}

bool group_name_parse(const char *name, pid_t *ret_pid, unsigned long long *ret_start)
{
	struct str rest = str_from(name), part;
	int64_t pid, start;
	if (!str_split(&rest, "-", &part) || !str_eq(part, STR("mkroot")) ||
		!str_split(&rest, "-", &part) || !value_number(part, 1, &pid) || pid > INT_MAX ||
		!str_split(&rest, ".", &part) || !value_number(part, 0, &start))
		return false;
	*ret_pid = (pid_t)pid;
	*ret_start = (unsigned long long)start;
	return true;
}

bool group_owner_lives(pid_t pid, unsigned long long start)
{
	char path[32], text[1024];
	unsigned long long now;
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	int r = read_stat(path, text);
	if (r == -ENOENT || r == -ESRCH)
		return false;
	if (r < 0 || !stat_start(text, &now))
		return true; /* not to be known: it counts as alive */
	const char *state = strrchr(text, ')') + 1;
	return now == start && strncmp(state, " Z", 2) != 0;
}
