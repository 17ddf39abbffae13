#include "loader/glibc_info.h"

#include "base/cleanup.h"
#include "base/vec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	RODATA_MAX = 1024 * 1024,
	DIRS_MAX = 16,
	ASSUMED_VERSION =
		240, /* no legacy subfolders, and ld.so is listed only where it is asked for */
};

/* The loader's constant strings, followed by a NUL; the caller frees them. */
static char *read_rodata(int fd, const struct mkr_elf *ldso, size_t *n)
{
	*n = ldso->rodata_size < RODATA_MAX ? (size_t)ldso->rodata_size : RODATA_MAX;
	char *text = malloc(*n + 1);
	if (!text)
		out_of_memory();
	ssize_t got = pread(fd, text, *n, (off_t)ldso->rodata_at);
	if (got < 0) {
		free(text);
		return NULL;
	}
	*n = (size_t)got;
	text[*n] = '\0';
	return text;
}

static const char *find(const char *text, size_t n, const char *what)
{
	return memmem(text, n, what, strlen(what));
}

/* The start of the string that `p` lies in. */
static const char *string_start(const char *text, const char *p)
{
	while (p > text && p[-1] > ' ' && p[-1] < 0x7f)
		p--;
	return p;
}

static bool is_dir(const char *p)
{
	size_t n = strlen(p);
	return n > 2 && p[0] == '/' && p[n - 1] == '/' && n < 4096;
}

/* system_dirs in elf/dl-load.c: "/lib/x86_64-linux-gnu/\0/usr/lib/x86_64-linux-gnu/\0/lib/\0...".
 */
static const char *const *find_dirs(struct registry *g, const char *text, size_t n)
{
	const char *p = memmem(text, n, "/\0/", 3);
	for (; p; p = memmem(p + 1, n - (size_t)(p + 1 - text), "/\0/", 3)) {
		const char *first = string_start(text, p);
		if (!is_dir(first) || !strstr(first, "lib"))
			continue;
		const char **dirs = arena_array(g->arena, const char *, DIRS_MAX + 1);
		size_t i = 0;
		for (const char *d = first; i < DIRS_MAX && d < text + n && is_dir(d);
			d += strlen(d) + 1)
			dirs[i++] = arena_dup(g->arena, d);
		return dirs;
	}
	return NULL;
}

/* "ld.so (...) stable release version 2.36." (elf/dl-usage.c, csu/version.c) */
static unsigned find_version(const char *text, size_t n)
{
	const char *p = find(text, n, "release version ");
	if (!p)
		return 0;
	char *end;
	unsigned long major = strtoul(p + strlen("release version "), &end, 10);
	unsigned long minor = *end == '.' ? strtoul(end + 1, NULL, 10) : 0;
	return major < 10 && minor < 100 ? (unsigned)(major * 100 + minor) : 0;
}

/* The string in front of "system search path" is SLIBDIR without its slash (elf/dl-load.c). */
static const char *find_lib(struct registry *g, const char *text, size_t n)
{
	const char *p = find(text, n, "system search path");
	if (!p || p - text < 2 || p[-1] != '\0')
		return NULL;
	const char *lib = string_start(text, p - 1);
	return strncmp(lib, "lib", 3) == 0 ? arena_dup(g->arena, lib) : NULL;
}

static const char *find_cache(struct registry *g, const char *text, size_t n)
{
	const char *p = find(text, n, "/ld.so.cache");
	if (!p)
		return NULL;
	const char *start = string_start(text, p);
	return start[0] == '/' && strlen(start) < 4096 ? arena_dup(g->arena, start) : NULL;
}

/* What a distribution most likely built in, when the loader itself does not say: Debian's multiarch
 * folders where they exist, upstream's otherwise. */
static void guess(struct registry *g, struct glibc_info *info, const struct machine *m)
{
	const char *lib = m ? m->slibdir : "lib";
	bool multiarch = false;
	if (m && m->multiarch) {
		multiarch =
			registry_folder_exists(g, arena_printf(g->arena, "/lib/%s", m->multiarch));
		if (multiarch)
			lib = arena_printf(g->arena, "lib/%s", m->multiarch);
	}
	if (!info->lib)
		info->lib = lib;
	if (!info->dirs) {
		const char **dirs = arena_array(g->arena, const char *, 5);
		dirs[0] = arena_printf(g->arena, "/%s/", lib);
		dirs[1] = arena_printf(g->arena, "/usr/%s/", lib);
		dirs[2] = multiarch ? "/lib/" : NULL;
		dirs[3] = multiarch ? "/usr/lib/" : NULL;
		info->dirs = dirs;
	}
	if (!info->cache)
		info->cache = "/etc/ld.so.cache";
	if (!info->version)
		info->version = ASSUMED_VERSION;
}

struct glibc_info glibc_info_parse(
	struct registry *g, const char *text, size_t n, const struct machine *m)
{
	struct glibc_info info = {
		.version = find_version(text, n),
		.dirs = find_dirs(g, text, n),
		.lib = find_lib(g, text, n),
		.cache = find_cache(g, text, n),
	};
	info.read = info.dirs != NULL;
	guess(g, &info, m);
	return info;
}

struct glibc_info glibc_info_read(
	struct registry *g, int fd, const struct mkr_elf *ldso, const struct machine *m)
{
	size_t n = 0;
	cleanup_free char *text = ldso && fd >= 0 ? read_rodata(fd, ldso, &n) : NULL;
	return glibc_info_parse(g, text ? text : "", text ? n : 0, m);
}
