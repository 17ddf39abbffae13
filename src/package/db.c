/* What the databases' readers share. */
#include "package/db.h"

#include "base/cleanup.h"
#include "os/root.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { WARNINGS_MAX = 8, NAMES_MAX = 1000000 };

void db_warn(struct db *db, const char *file, const char *fmt, ...)
{
	char what[256];
	va_list args;
	if (db->warnings.n == WARNINGS_MAX)
		return;
	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	vec_push(&db->warnings,
		arena_printf(db->arena,
			"'%s' %s: what packages bring beside libraries may be left out; add it "
			"with -i",
			file, what));
}

struct str db_read(struct db *db, const char *path, size_t max)
{
	return db_read_to(db, db->arena, path, max);
}

struct str db_read_to(struct db *db, struct arena *a, const char *path, size_t max)
{
	struct stat st;
	cleanup_fd int fd = root_open_file(db->root, path, &st);
	if (fd == -ENOENT || fd == -ENOTDIR)
		return STR("");
	if (fd < 0) {
		db_warn(db, path, "cannot be read (%s)",
			fd == -EINVAL ? "not a regular file" : strerror(-fd));
		return STR("");
	}
	size_t n = (uint64_t)st.st_size < max ? (size_t)st.st_size : max, got = 0;
	char *bytes = arena_alloc(a, n + 1);
	ssize_t part = 1;
	while (got < n && (part = pread(fd, bytes + got, n - got, (off_t)got)) > 0)
		got += (size_t)part;
	if (part < 0)
		db_warn(db, path, "cannot be read (%s)", strerror(errno));
	else if ((uint64_t)st.st_size > max)
		db_warn(db, path, "is over %zu MiB and not read to its end", max >> 20);
	return (struct str){ bytes, got };
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

DIR *db_folder(struct db *db, const char *folder)
{
	int fd = root_open(db->root, folder, O_RDONLY | O_DIRECTORY);
	if (fd == -ENOENT || fd == -ENOTDIR)
		return NULL;
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	if (d)
		return d;
	db_warn(db, folder, "cannot be read (%s)", strerror(fd < 0 ? -fd : errno));
	if (fd >= 0)
		close(fd);
	return NULL;
}

const char *const *db_list(struct db *db, const char *folder)
{
	cleanup_dir DIR *d = db_folder(db, folder);
	const struct dirent *e;
	VEC(const char *) names = { 0 };
	while (d && (e = readdir(d)) && names.n < NAMES_MAX)
		if (e->d_name[0] != '.')
			vec_push(&names, arena_dup(db->arena, e->d_name));
	if (names.n)
		qsort(names.at, names.n, sizeof(*names.at), by_name);
	const char **all = arena_array(db->arena, const char *, names.n + 1);
	for (size_t i = 0; i < names.n; i++)
		all[i] = names.at[i];
	vec_free(&names);
	return all;
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
