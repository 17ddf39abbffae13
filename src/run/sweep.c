#include "run/sweep.h"

#include "base/cleanup.h"
#include "run/cgroup_file.h"
#include "run/cgroup_find.h"
#include "run/cgroup_name.h"
#include "run/cgroup_place.h"

#include <fcntl.h>
#include <sys/stat.h>

enum { DEPTH_MAX = 32 };

DEFINE_CLEANUP(arena, arena_free);

/* What is to be done with a folder of a dead launcher's. */
typedef bool stale_fn(int above, const char *name);

/* True when each() said so, which ends it. */
static bool look_into(const char *path, stale_fn *each)
{
	struct stat st;
	/* A folder of cgroupfs without folders in it has two links. */
	if (stat(path, &st) < 0 || st.st_nlink == 2 || access(path, W_OK) < 0)
		return false;
	cleanup_dir DIR *list = opendir(path);
	const struct dirent *d;
	while (list && (d = readdir(list))) {
		pid_t pid;
		unsigned long long start;
		if (d->d_type == DT_DIR && group_name_parse(d->d_name, &pid, &start) &&
			!group_owner_lives(pid, start) && each(dirfd(list), d->d_name))
			return true;
	}
	return false;
}

/* Our own folder and those above it. */
static bool look_up(struct arena *arena, const struct hierarchy *h, stale_fn *each)
{
	char *path = arena_dup(arena, h->own ? h->own : h->top);
	for (;;) {
		if (look_into(path, each))
			return true;
		char *slash = strrchr(path, '/');
		if (strcmp(path, h->top) == 0 || !slash || slash == path)
			return false;
		*slash = '\0';
	}
}

static bool remove_it(int above, const char *name)
{
	group_rmdir(above, name, DEPTH_MAX);
	return false;
}

static bool just_tell(int above, const char *name)
{
	(void)above;
	(void)name;
	return true;
}

void sweep(void)
{
	cleanup_(arena) struct arena *arena = arena_new();
	struct hierarchies found = { 0 };
	struct mkr_error unsaid;
	if (hierarchies_find(&found, arena, &unsaid) == 0)
		for (size_t i = 0; i < found.list.n; i++)
			look_up(arena, &found.list.at[i], remove_it);
	vec_free(&found.list);
}

/* The kernel's list of mounts is what costs time, also that of the box that is being set up: they
 * share a lock. On v1 a box of root's always has a folder for its devices. */
bool sweep_is_due(void)
{
	static const char usual[] =
		"0 0 0:0 / /sys/fs/cgroup/devices rw - cgroup cgroup rw,devices\n"
		"0 0 0:0 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw";
	cleanup_(arena) struct arena *arena = arena_new();
	struct hierarchies found = { 0 };
	const char *text;
	bool due = false;
	if (read_text(&text, arena, AT_FDCWD, "/proc/self/cgroup") == 0)
		hierarchies_parse(&found, arena, usual, text);
	for (size_t i = 0; i < found.list.n && !due; i++)
		if (!found.list.at[i].v2 || found.list.n == 1)
			due = look_up(arena, &found.list.at[i], just_tell);
	vec_free(&found.list);
	return due;
}
