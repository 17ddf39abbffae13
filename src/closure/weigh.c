/* What comes with a plug-in that somebody's folder happens to hold. */
#include "closure/internal.h"

#include "base/cleanup.h"
#include "os/root.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* Plug-ins are tried, one as good as another; a program that is named is started. */
enum { PROGRAM_WEIGHS = 3 };

static bool is_there(const struct mkr_closure *c, const char *real)
{
	const struct node *n;
	HASH_FIND(hh, c->nodes, real + 1, strlen(real + 1), n);
	return n != NULL;
}

static bool is_below(const char *path, const char *folder)
{
	size_t n = strlen(folder);
	return strncmp(path, folder, n) == 0 && path[n] == '/';
}

/* Bytes of what the load brings that is neither there nor in the folder, which comes anyway. */
static uint64_t weight(struct mkr_closure *c, const struct mkr_load *load, const char *folder)
{
	struct stat st;
	const char *real = load->path ? root_real_path(c->root, c->arena, load->path) : NULL;
	if (!real || is_there(c, real) || is_below(real, folder))
		return 0;
	cleanup_fd int fd = root_open(c->root, real, O_PATH);
	return fd >= 0 && fstat(fd, &st) == 0 ? (uint64_t)st.st_size : 0;
}

bool closure_is_heavy(
	struct mkr_closure *c, const char *real, const char *folder, const struct ask *ask)
{
	const struct mkr_map *map;
	struct mkr_error local;
	uint64_t sum = 0;
	if (!ask || !ask->weigh || is_there(c, real) ||
		mkr_loader_map(c->loader, real, &map, &local) < 0)
		return false;
	for (size_t i = 1; i < map->n; i++)
		sum += weight(c, &map->load[i], folder);
	bool program = mkr_elf_is_program(map->load[0].elf);
	if (sum <= ask->weigh * (program ? PROGRAM_WEIGHS : 1))
		return false;
	if (ask->hush || !set_add(&c->asked, c->arena, arena_printf(c->arena, "heavy\n%s", real)))
		return true;
	closure_warn(c,
		arena_printf(c->arena,
			"%s is left out: %llu MB of libraries come with it; add -i %s", real,
			(unsigned long long)(sum >> 20), real));
	return true;
}
