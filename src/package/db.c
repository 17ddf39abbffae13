/* What the databases' readers share. */
#include "package/db.h"

#include "base/cleanup.h"
#include "os/root.h"

#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

struct str db_read(const struct db *db, const char *path, size_t max)
{
	struct stat st;
	cleanup_fd int fd = root_open_file(db->root, path, &st);
	if (fd < 0 || st.st_size <= 0)
		return STR("");
	size_t n = (uint64_t)st.st_size < max ? (size_t)st.st_size : max;
	char *bytes = arena_alloc(db->arena, n);
	ssize_t got = pread(fd, bytes, n, 0);
	return got > 0 ? (struct str){ bytes, (size_t)got } : STR("");
}

struct str db_line(struct str *rest)
{
	const char *end = memchr(rest->p, '\n', rest->n);
	struct str line = { rest->p, end ? (size_t)(end - rest->p) : rest->n };
	*rest = str_skip(*rest, line.n + (end != NULL));
	return line;
}

bool db_field(struct str line, const char *name, struct str *value)
{
	if (!str_starts(line, str_from(name)))
		return false;
	*value = str_trim(str_skip(line, strlen(name)));
	return true;
}

/* "libc6:amd64 (>= 2.3)" and "so:libc.musl-x86_64.so.1=1": the name ends where these start, but a
 * colon is part of "so:", "cmd:" and "pc:". */
static struct str bare_name(struct str text)
{
	size_t n = 0;
	bool apk = str_starts(text, STR("so:")) || str_starts(text, STR("cmd:")) ||
		str_starts(text, STR("pc:"));
	while (n < text.n && !strchr(apk ? "=<>~ (" : "=<>~ (:", text.p[n]))
		n++;
	return (struct str){ text.p, n };
}

const char *db_names(struct arena *a, struct str list)
{
	char *names = arena_alloc(a, list.n + 1), *end = names;
	struct str rest = list, part;
	bool in_version = false;
	while (str_split(&rest, " ,|\t", &part)) {
		bool skip = in_version || part.n == 0 || part.p[0] == '(' || part.p[0] == '!';
		if (part.n && part.p[0] == '(')
			in_version = true;
		if (part.n && part.p[part.n - 1] == ')')
			in_version = false;
		struct str name = skip ? (struct str){ "", 0 } : bare_name(part);
		if (name.n == 0)
			continue;
		if (end > names)
			*end++ = ' ';
		memcpy(end, name.p, name.n);
		end += name.n;
	}
	return names;
}
