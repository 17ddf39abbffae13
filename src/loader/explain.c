#include "loader/explain.h"

#include "base/cleanup.h"
#include "elf/machine.h"
#include "os/root.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* Folders whose subfolders are looked into: enough for a hint, no search of the disk. */
enum { SUBFOLDERS_MAX = 2000 };

const char *explain_join(
	struct arena *a, const char *left, const char *separator, const char *right)
{
	if (!*left || !*right)
		return *left ? left : right;
	return arena_printf(a, "%s%s%s", left, separator, right);
}

static const char *try_file(
	struct registry *g, const struct mkr_map *map, const char *dir, const char *name)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (n < 0 || (size_t)n >= sizeof(path))
		return NULL;
	const struct place *place = registry_place(g, path);
	const struct mkr_elf *elf = place->file ? place->file->elf : NULL;
	bool fits = elf && elf->bits == map->load[0].elf->bits &&
		elf->big_endian == map->load[0].elf->big_endian &&
		machine_same(map->load[0].elf, elf);
	return fits ? place->path : NULL;
}

/* DIR/SUBFOLDER/TAIL/NAME for each subfolder, in no special order but the smallest path. */
static const char *try_subfolders(struct registry *g, const struct mkr_map *map, const char *dir,
	const char *tail, const char *name)
{
	int fd = root_open(g->root, dir, O_RDONLY | O_DIRECTORY);
	cleanup_dir DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	const char *best = NULL;
	size_t n = 0;
	for (struct dirent *e; d && n < SUBFOLDERS_MAX && (e = readdir(d)); n++) {
		char path[PATH_MAX];
		if (e->d_name[0] == '.' || e->d_type == DT_REG)
			continue;
		int m = snprintf(path, sizeof(path), "%s/%s%s", dir, e->d_name, tail);
		if (m < 0 || (size_t)m >= sizeof(path))
			continue;
		const char *found = try_file(g, map, path, name);
		if (found && (!best || strcmp(found, best) < 0))
			best = found;
	}
	return best;
}

const char *explain_find(struct registry *g, const struct mkr_map *map, const char *name)
{
	static const char *const plain[] = { "/usr/local/lib", "/usr/local/lib64", "/lib64",
		"/usr/lib64", "/lib", "/usr/lib" };
	static const struct {
		const char *dir, *tail;
	} deep[] = { { "/usr/lib", "" }, { "/usr/local/lib", "" }, { "/opt", "/lib" },
		{ "/opt", "/lib64" }, { "/opt", "" }, { "/usr/lib/x86_64-linux-gnu", "" } };
	const char *found = NULL;
	/* Beside the program, and beside what it did find. */
	for (size_t i = 0; i < map->n && !found; i++) {
		if (!map->load[i].path)
			continue;
		struct str dir = str_dir(str_from(map->load[i].path));
		found = try_file(g, map, arena_dup_str(g->arena, dir), name);
	}
	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain) && !found; i++)
		found = try_file(g, map, plain[i], name);
	for (size_t i = 0; i < sizeof(deep) / sizeof(*deep) && !found; i++)
		found = try_subfolders(g, map, deep[i].dir, deep[i].tail, name);
	return found;
}
