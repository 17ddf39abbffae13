#include "loader/ldconf.h"

#include "base/cleanup.h"
#include "base/vec.h"
#include "os/root.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

/* ldconfig itself has no limits but the stack; these are far over what any system has. */
enum { DEPTH_MAX = 8, FILE_MAX = 1024 * 1024, FILES_MAX = 1000, DIRS_MAX = 10000 };

struct conf {
	struct registry *reg;
	VEC(const char *) dirs;
	size_t files;
};

static void read_file(struct conf *c, const char *path, unsigned depth);

static void add_dir(struct conf *c, struct str dir)
{
	/* "dir=libc6" is an old way to say what kind of libraries a folder holds. */
	const char *equals = memchr(dir.p, '=', dir.n);
	if (equals)
		dir.n = (size_t)(equals - dir.p);
	dir = str_trim(dir);
	while (dir.n > 1 && dir.p[dir.n - 1] == '/')
		dir.n--;
	if (dir.n == 0 || dir.p[0] != '/' || c->dirs.n >= DIRS_MAX)
		return;
	const char *path =
		dir.n == 1 ? "/" : arena_printf(c->reg->arena, "%.*s/", (int)dir.n, dir.p);
	for (size_t i = 0; i < c->dirs.n; i++)
		if (strcmp(c->dirs.at[i], path) == 0)
			return;
	vec_push(&c->dirs, path);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* glob(3) in the last component, which is the only place where anybody has one. */
static void include_glob(struct conf *c, struct str dir, struct str pattern, unsigned depth)
{
	struct arena *a = c->reg->arena;
	const char *folder = arena_dup_str(a, dir), *glob = arena_dup_str(a, pattern);
	int fd = root_open(c->reg->root, folder, O_RDONLY | O_DIRECTORY);
	cleanup_dir DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	if (!d)
		return;
	VEC(const char *) names = { 0 };
	for (struct dirent *e; names.n < FILES_MAX && (e = readdir(d));)
		if (fnmatch(glob, e->d_name, FNM_PERIOD) == 0)
			vec_push(&names, arena_printf(a, "%s/%s", folder, e->d_name));
	if (names.n)
		qsort(names.at, names.n, sizeof(*names.at), by_name);
	for (size_t i = 0; i < names.n; i++)
		read_file(c, names.at[i], depth + 1);
	vec_free(&names);
}

/* "include PATTERN...": relative to the folder of the file that says it. */
static void include(struct conf *c, const char *from, struct str patterns, unsigned depth)
{
	struct str part;
	while (str_split(&patterns, " \t", &part)) {
		if (part.n == 0)
			continue;
		const char *path = arena_dup_str(c->reg->arena, part);
		struct str dir = str_dir(str_from(from));
		if (path[0] != '/')
			path = arena_printf(c->reg->arena, "%.*s/%s", (int)dir.n, dir.p, path);
		if (strpbrk(path, "*?["))
			include_glob(c, str_dir(str_from(path)), str_base(str_from(path)), depth);
		else
			read_file(c, path, depth + 1);
	}
}

static void read_line(struct conf *c, const char *path, struct str line, unsigned depth)
{
	const char *hash = memchr(line.p, '#', line.n);
	if (hash)
		line.n = (size_t)(hash - line.p);
	line = str_trim(line);
	if (line.n == 0)
		return;
	struct str word = STR("include");
	if (str_starts(line, word) && line.n > word.n &&
		(line.p[word.n] == ' ' || line.p[word.n] == '\t')) {
		include(c, path, str_skip(line, word.n), depth);
		return;
	}
	word = STR("hwcap");
	if (str_starts(line, word) && line.n > word.n &&
		(line.p[word.n] == ' ' || line.p[word.n] == '\t'))
		return; /* ignored since 2.31 */
	add_dir(c, line);
}

static void read_file(struct conf *c, const char *path, unsigned depth)
{
	char *text;
	size_t n;
	if (depth > DEPTH_MAX || c->files++ >= FILES_MAX ||
		registry_read(c->reg, path, FILE_MAX, &text, &n) < 0)
		return;
	struct str rest = { text, n }, line;
	while (str_split(&rest, "\r\n", &line))
		read_line(c, path, line, depth);
}

const char *const *ldconf_read(struct registry *g, const char *path)
{
	struct conf c = { .reg = g };
	read_file(&c, path, 0);
	const char **dirs = arena_array(g->arena, const char *, c.dirs.n + 1);
	if (c.dirs.n)
		memcpy(dirs, c.dirs.at, c.dirs.n * sizeof(*dirs));
	vec_free(&c.dirs);
	return dirs;
}
