#include "run/cgroup_aside.h"

#include "base/cleanup.h"
#include "run/cgroup_file.h"
#include "run/cgroup_name.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

enum { ROUNDS_MAX = 20, LOCK_TRIES = 100 };

int aside_lock(int group)
{
	cleanup_fd int fd = openat(group, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (int i = 0; fd >= 0 && i < LOCK_TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return steal_fd(&fd);
		usleep(10000);
	}
	return -1;
}

int group_hand_on(int group, const char *names, char sign)
{
	struct arena *arena = arena_new();
	struct str rest = str_from(names), name;
	int r = 0;
	while (r == 0 && str_split(&rest, " ", &name))
		if (name.n)
			r = write_text(group, "cgroup.subtree_control",
				arena_printf(arena, "%c%.*s", sign, (int)name.n, name.p));
	arena_free(arena);
	return r;
}

/* Moves what `from` holds into `to`: in rounds, for who forks meanwhile. 0 when it is empty. */
static int move_all(int from, int to)
{
	struct arena *arena = arena_new();
	const char *text = "";
	int r = 0;
	for (int i = 0; i < ROUNDS_MAX; i++) {
		r = read_text(&text, arena, from, "cgroup.procs");
		if (r < 0 || !*text)
			break;
		struct str rest = str_from(text), pid;
		while (str_split(&rest, "\n", &pid)) {
			r = write_text(to, "cgroup.procs", arena_dup_str(arena, pid));
			if (r == -ESRCH)
				r = 0; /* has ended */
			if (r < 0)
				break;
		}
		if (r < 0)
			break;
	}
	if (r == 0 && *text)
		r = -EBUSY;
	arena_free(arena);
	return r;
}

int aside_move(int group, const char *name)
{
	char aside[128];
	snprintf(aside, sizeof(aside), "%s" ASIDE_SUFFIX, name);
	if (mkdirat(group, aside, 0755) < 0)
		return -errno;
	cleanup_fd int to = openat(group, aside, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = to < 0 ? -errno : move_all(group, to);
	if (r < 0) {
		if (to >= 0)
			move_all(to, group);
		unlinkat(group, aside, AT_REMOVEDIR);
	}
	return r;
}

static bool is_aside(const char *name)
{
	pid_t pid;
	unsigned long long start;
	return str_ends(str_from(name), STR(ASIDE_SUFFIX)) && group_name_parse(name, &pid, &start);
}

/* How many boxes there are and how many groups of what was moved aside. */
static void count(int group, unsigned *ret_boxes, unsigned *ret_asides)
{
	int fd = openat(group, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_dir DIR *list = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *d;
	*ret_boxes = *ret_asides = 0;
	while (list && (d = readdir(list))) {
		pid_t pid;
		unsigned long long start;
		if (is_aside(d->d_name))
			++*ret_asides;
		else if (group_name_parse(d->d_name, &pid, &start))
			++*ret_boxes;
	}
}

bool aside_exists(int group)
{
	unsigned boxes, asides;
	count(group, &boxes, &asides);
	return asides > 0;
}

static void restore_one(int group, const char *name)
{
	cleanup_fd int from = openat(group, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (from >= 0 && move_all(from, group) == 0)
		unlinkat(group, name, AT_REMOVEDIR);
}

void aside_restore(int group)
{
	unsigned boxes, asides;
	count(group, &boxes, &asides);
	if (boxes || !asides)
		return;
	struct arena *arena = arena_new();
	const char *names;
	if (read_text(&names, arena, group, "cgroup.subtree_control") == 0 &&
		group_hand_on(group, names, '-') == 0) {
		int fd = openat(group, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		cleanup_dir DIR *list = fd < 0 ? NULL : fdopendir(fd);
		const struct dirent *d;
		while (list && (d = readdir(list)))
			if (is_aside(d->d_name))
				restore_one(group, d->d_name);
	}
	arena_free(arena);
}
