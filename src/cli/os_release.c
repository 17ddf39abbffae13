#include "cli/os_release.h"

#include "base/cleanup.h"
#include "base/read.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

enum { FILE_MAX_BYTES = 64 * 1024 };

/* "Variable assignment values must be enclosed in double or single quotes if they include spaces,
 * semicolons or other special characters ... escaped with backslashes, following shell style." */
static const char *value_of(struct arena *a, struct str text)
{
	char *value = arena_alloc(a, text.n + 1), *end = value, quote = 0;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (quote ? c == quote : c == '"' || c == '\'')
			quote = quote ? 0 : c;
		else if (c == '\\' && quote != '\'' && i + 1 < text.n)
			*end++ = text.p[++i];
		else if (c != '\0')
			*end++ = c;
	}
	return *value ? value : NULL;
}

void os_release_parse(struct os_release *os, struct arena *a, struct str text)
{
	const char *plain = NULL, *pretty = NULL;
	struct str line;
	*os = (struct os_release){ 0 };
	const struct {
		struct str key;
		const char **value;
	} keys[] = { { STR("ID="), &os->id }, { STR("VERSION_ID="), &os->version_id },
		{ STR("NAME="), &plain }, { STR("PRETTY_NAME="), &pretty } };
	/* Either ends a line, as systemd reads it (its env-file.c). */
	while (str_split(&text, "\r\n", &line)) {
		line = str_trim(line);
		for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
			if (str_starts(line, keys[i].key))
				*keys[i].value =
					value_of(a, str_trim(str_skip(line, keys[i].key.n)));
	}
	os->name = pretty ? pretty : plain;
}

/* 1: there is none. */
static int read_one(struct os_release *os, struct arena *a, const struct mkr_root *root,
	const char *path, struct mkr_error *err)
{
	struct stat st;
	cleanup_fd int fd = mkr_root_open_file(root, path, &st, err);
	if (fd == -ENOENT || fd == -ENOTDIR || fd == -EISDIR || fd == -EINVAL || fd == -ELOOP)
		return 1;
	if (fd < 0)
		return mkr_wrap(err, fd, "the system's name");
	char *text = arena_alloc(a, FILE_MAX_BYTES);
	ssize_t n = read_at(fd, text, FILE_MAX_BYTES, 0);
	if (n < 0)
		return mkr_fail(err, (int)n, "cannot read '%s'", path);
	if (n < FILE_MAX_BYTES && (off_t)n < st.st_size)
		return mkr_failx(err, -ESTALE, "'%s' shrank while it was read", path);
	os_release_parse(os, a, (struct str){ text, (size_t)n });
	return 0;
}

int os_release_read(
	struct os_release *os, struct arena *a, const struct mkr_root *root, struct mkr_error *err)
{
	*os = (struct os_release){ 0 };
	int r = read_one(os, a, root, "/etc/os-release", err);
	if (r > 0)
		r = read_one(os, a, root, "/usr/lib/os-release", err);
	return r < 0 ? r : 0;
}
