#include "cli/os_release.h"

#include "base/cleanup.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

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
	while (str_split(&text, "\n", &line)) {
		line = str_trim(line);
		for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
			if (str_starts(line, keys[i].key))
				*keys[i].value =
					value_of(a, str_trim(str_skip(line, keys[i].key.n)));
	}
	os->name = pretty ? pretty : plain;
}

static bool read_one(
	struct os_release *os, struct arena *a, const struct mkr_root *root, const char *path)
{
	struct stat st;
	cleanup_fd int fd = mkr_root_open_file(root, path, &st, NULL);
	if (fd < 0)
		return false;
	char *text = arena_alloc(a, FILE_MAX_BYTES);
	size_t n = 0;
	for (ssize_t got; n < FILE_MAX_BYTES; n += (size_t)got)
		if ((got = pread(fd, text + n, FILE_MAX_BYTES - n, (off_t)n)) <= 0)
			break;
	os_release_parse(os, a, (struct str){ text, n });
	return true;
}

void os_release_read(struct os_release *os, struct arena *a, const struct mkr_root *root)
{
	*os = (struct os_release){ 0 };
	if (!read_one(os, a, root, "/etc/os-release"))
		read_one(os, a, root, "/usr/lib/os-release");
}
