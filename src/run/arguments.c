#include "run/arguments.h"

#include "base/cleanup.h"
#include "base/str.h"
#include "run/limit_value.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

bool arguments_parse(struct arguments *a, const char *stat)
{
	/* Field 2, the program's name, may hold blanks and parentheses: it ends at the last one. */
	const char *end = strrchr(stat, ')');
	if (!end)
		return false;
	struct str rest = str_from(end + 1), field;
	int64_t from = 0, to;
	for (int i = 2; str_split(&rest, " ", &field); i++) {
		if (i == 48 && !value_number(field, 1, &from))
			return false;
		if (i < 49)
			continue;
		if (!value_number(field, from, &to))
			return false;
		a->from = (char *)(uintptr_t)from;
		a->n = (size_t)(to - from);
		return true;
	}
	return false;
}

int arguments_find(struct arguments *a, struct mkr_error *err)
{
	char text[2048];
	cleanup_fd int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n < 0)
		return mkr_fail(err, -errno, "cannot read '/proc/self/stat'");
	text[n] = '\0';
	if (!arguments_parse(a, text))
		return mkr_failx(err, -EINVAL,
			"'/proc/self/stat' does not say where mkroot's "
			"arguments are");
	return 0;
}

void arguments_forget(const struct arguments *a, const char *title)
{
	size_t n = strlen(title) + 1;
	if (a->n == 0)
		return;
	explicit_bzero(a->from, a->n);
	/* A last byte that is no NUL tells the kernel of a title that ends at its first one
	 * (get_mm_cmdline() in fs/proc/base.c): the zeros would show how long it all was. */
	if (n < a->n) {
		memcpy(a->from, title, n);
		a->from[a->n - 1] = '.';
	}
}

const char *const *arguments_copy(struct arena *arena, const char *const *list)
{
	size_t n = 0;
	if (!list)
		return NULL;
	while (list[n])
		n++;
	const char **copy = arena_array(arena, const char *, n + 1);
	for (size_t i = 0; i < n; i++)
		copy[i] = arena_dup(arena, list[i]);
	copy[n] = NULL;
	return copy;
}
