#include "run/cgroup_find.h"

#include "base/cleanup.h"
#include "run/cgroup_file.h"
#include "run/mountinfo.h"

#include <errno.h>
#include <fcntl.h>

static const char *const v1_names[CTL_COUNT] = { "memory", "cpu", "cpuset", "pids", "blkio",
	"devices" };

const char *controller_name(enum controller c, bool v2)
{
	return v2 && c == CTL_IO ? "io" : v1_names[c];
}

static bool list_has(struct str list, struct str word)
{
	struct str item;
	while (str_split(&list, ",", &item))
		if (str_eq(item, word))
			return true;
	return false;
}

/* `path` below the mounted `root`, which is "/" or, in a container, the container's own group. */
static const char *below(struct arena *arena, const char *top, const char *root, const char *path)
{
	size_t n = strcmp(root, "/") == 0 ? 0 : strlen(root);
	if (strncmp(path, root, n) != 0 || path[n] != '/')
		return n && strcmp(path, root) == 0 ? top : NULL;
	const char *rest = path + n;
	/* "/../x": the group lies outside of our cgroup namespace (cgroup_namespaces(7)). */
	if (strncmp(rest, "/..", 3) == 0)
		return NULL;
	return rest[1] ? arena_printf(arena, "%s%s", strcmp(top, "/") == 0 ? "" : top, rest) : top;
}

/* Finds the hierarchy's mount, best one that shows our own group. */
static void locate(struct hierarchy *h, struct arena *arena, const char *mountinfo,
	struct str controllers, const char *path)
{
	struct str rest = str_from(mountinfo), line, first = { 0 };
	str_split(&controllers, ",", &first);
	while (!h->own && str_split(&rest, "\n", &line)) {
		struct mount_line m;
		if (!mount_line_parse(&m, line))
			continue;
		if (h->v2 ? !str_eq(m.type, STR("cgroup2"))
			  : !str_eq(m.type, STR("cgroup")) || !list_has(m.options, first))
			continue;
		h->top = mount_path(arena, m.point);
		h->own = below(arena, h->top, mount_path(arena, m.root), path);
	}
}

void hierarchies_parse(
	struct hierarchies *h, struct arena *arena, const char *mountinfo, const char *cgroup)
{
	struct str rest = str_from(cgroup), line, id, controllers;
	while (str_split(&rest, "\n", &line)) {
		/* "4:cpu,cpuacct:/PATH"; the path may hold a colon. */
		if (!str_split(&line, ":", &id) || !str_split(&line, ":", &controllers) || !line.p)
			continue;
		struct hierarchy one = { .v2 = controllers.n == 0 };
		for (unsigned c = 0; c < CTL_COUNT; c++)
			if (list_has(controllers, str_from(v1_names[c])))
				one.controllers |= 1U << c;
		if (!one.v2 && !one.controllers)
			continue;
		locate(&one, arena, mountinfo, controllers, arena_dup_str(arena, line));
		if (one.top)
			vec_push(&h->list, one);
	}
}

int hierarchies_find(struct hierarchies *h, struct arena *arena, struct mkr_error *err)
{
	static const char *const paths[] = { "/proc/self/mountinfo", "/proc/self/cgroup" };
	const char *text[2];
	for (int i = 0; i < 2; i++) {
		int r = read_text(&text[i], arena, AT_FDCWD, paths[i]);
		if (r < 0)
			return mkr_fail(err, r, "cannot read '%s'", paths[i]);
	}
	hierarchies_parse(h, arena, text[0], text[1]);
	return 0;
}
