#include "loader/ldconf.h"

#include "base/cleanup.h"
#include "base/vec.h"
#include "os/root.h"

#include <ctype.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ldconfig itself has no limits but the stack; these are far over what any system has. */
enum { DEPTH_MAX = 16, BYTES_MAX = 4 * 1024 * 1024, FILES_MAX = 4096, DIRS_MAX = 4096 };

typedef VEC(const char *) path_vec;

struct conf {
	struct registry *reg;
	unsigned version;
	path_vec dirs, files;
	size_t bytes; /* read so far */
};

static bool read_file(struct conf *c, const char *path, unsigned depth);

static bool holds(const path_vec *v, const char *path)
{
	for (size_t i = 0; i < v->n; i++)
		if (strcmp(v->at[i], path) == 0)
			return true;
	return false;
}

static bool is_space(char c)
{
	return isspace((unsigned char)c);
}

static void add_dir(struct conf *c, struct str dir)
{
	/* "dir=libc6" said up to 2.36 what kind of libraries a folder holds. */
	const char *equals = c->version <= 236 ? memchr(dir.p, '=', dir.n) : NULL;
	if (equals)
		dir.n = (size_t)(equals - dir.p);
	while (dir.n && is_space(dir.p[dir.n - 1]))
		dir.n--;
	while (dir.n && dir.p[dir.n - 1] == '/')
		dir.n--;
	/* "/" is left out by ldconfig too; a relative one would be relative to its working
	 * directory. */
	if (dir.n == 0 || dir.p[0] != '/' || c->dirs.n >= DIRS_MAX)
		return;
	const char *path = arena_dup_str(c->reg->arena, dir);
	if (!holds(&c->dirs, path))
		vec_push(&c->dirs, path);
}

/* One component of a pattern: adds to `out` what it makes of each path of `in`. */
static void glob_part(struct conf *c, const path_vec *in, struct str part, path_vec *out)
{
	struct arena *a = c->reg->arena;
	const char *text = arena_dup_str(a, part);
	bool magic = strpbrk(text, "*?[\\") != NULL;
	for (size_t i = 0; i < in->n; i++) {
		const char *dir = in->at[i];
		if (!magic) {
			vec_push(out, arena_printf(a, "%s/%s", dir, text));
			continue;
		}
		int fd = root_open(c->reg->root, *dir ? dir : "/", O_RDONLY | O_DIRECTORY);
		cleanup_dir DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
		for (struct dirent *e; d && out->n < FILES_MAX && (e = readdir(d));)
			if (fnmatch(text, e->d_name, FNM_PERIOD) == 0)
				vec_push(out, arena_printf(a, "%s/%s", dir, e->d_name));
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* glob(3), inside the root. */
static void include_glob(struct conf *c, const char *pattern, unsigned depth)
{
	path_vec paths = { 0 };
	struct str rest = str_from(pattern), part;
	vec_push(&paths, "");
	while (str_split(&rest, "/", &part) && paths.n) {
		if (part.n == 0)
			continue;
		path_vec next = { 0 };
		glob_part(c, &paths, part, &next);
		vec_free(&paths);
		paths = next;
	}
	if (paths.n)
		qsort(paths.at, paths.n, sizeof(*paths.at), by_name);
	for (size_t i = 0; i < paths.n; i++)
		read_file(c, paths.at[i], depth + 1);
	vec_free(&paths);
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
		include_glob(c, path, depth);
	}
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void read_line(struct conf *c, const char *path, struct str line, unsigned depth)
{
	static const struct str include_word = STR("include"), hwcap_word = STR("hwcap");
	line.n = strnlen(line.p, line.n);
	const char *hash = memchr(line.p, '#', line.n);
	if (hash)
		line.n = (size_t)(hash - line.p);
	while (line.n && is_space(line.p[0]))
		line = str_skip(line, 1);
	if (str_starts(line, include_word) && line.n > include_word.n &&
		is_blank(line.p[include_word.n]))
		include(c, path, str_skip(line, include_word.n + 1), depth);
	else if (line.n > hwcap_word.n && strncasecmp(line.p, hwcap_word.p, hwcap_word.n) == 0 &&
		is_blank(line.p[hwcap_word.n]))
		return; /* ignored since 2.31 */
	else
		add_dir(c, line);
}

/* False: there is no such file. What was read once has nothing new to tell. */
static bool read_file(struct conf *c, const char *path, unsigned depth)
{
	char *text;
	size_t n;
	const char *real = root_real_path(c->reg->root, c->reg->arena, path);
	if (!real || depth > DEPTH_MAX || c->files.n >= FILES_MAX || holds(&c->files, real) ||
		registry_read(c->reg, path, BYTES_MAX - c->bytes, &text, &n) < 0)
		return false;
	c->bytes += n;
	vec_push(&c->files, real);
	struct str rest = { text, n }, line;
	while (str_split(&rest, "\n", &line))
		read_line(c, path, line, depth);
	return true;
}

const char *const *ldconf_read(struct registry *g, const char *path, unsigned version)
{
	struct conf c = { .reg = g, .version = version };
	const char **dirs = NULL;
	if (read_file(&c, path, 0)) {
		dirs = arena_array(g->arena, const char *, c.dirs.n + 1);
		if (c.dirs.n)
			memcpy(dirs, c.dirs.at, c.dirs.n * sizeof(*dirs));
	}
	vec_free(&c.dirs);
	vec_free(&c.files);
	return dirs;
}
