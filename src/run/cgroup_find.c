#include "run/cgroup_find.h"

#include "base/cleanup.h"
#include "run/cgroup_file.h"

#include <errno.h>
#include <fcntl.h>

static const char *const v1_names[CTL_COUNT] = { "memory", "cpu", "cpuset", "pids", "blkio",
	"devices" };

const char *controller_name(enum controller c, bool v2)
{
	return v2 && c == CTL_IO ? "io" : v1_names[c];
}

/* proc_pid_mountinfo(5): "36 35 98:0 ROOT POINT options [tags] - TYPE source super-options" */
struct mount_line {
	struct str root, point, type, options;
};

static bool parse_mount(struct str line, struct mount_line *m)
{
	struct str field = { 0 };
	int n = 0;
	*m = (struct mount_line){ 0 };
	for (; str_split(&line, " ", &field); n++) {
		if (n == 3)
			m->root = field;
		else if (n == 4)
			m->point = field;
		else if (n > 5 && str_eq(field, STR("-")))
			break;
	}
	return str_split(&line, " ", &m->type) && str_split(&line, " ", &field) &&
		str_split(&line, " ", &m->options);
}

/* Blanks, newlines and backslashes are octal there. */
static char *unescape(struct arena *arena, struct str text)
{
	char *s = arena_dup_str(arena, text), *to = s;
	for (const char *from = s; *from; from++) {
		if (from[0] == '\\' && from[1] >= '0' && from[1] <= '3' && from[2] >= '0' &&
			from[2] <= '7' && from[3] >= '0' && from[3] <= '7') {
			*to++ = (char)((from[1] - '0') * 64 + (from[2] - '0') * 8 + from[3] - '0');
			from += 3;
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
	return s;
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
		if (!parse_mount(line, &m))
			continue;
		if (h->v2 ? !str_eq(m.type, STR("cgroup2"))
			  : !str_eq(m.type, STR("cgroup")) || !list_has(m.options, first))
			continue;
		h->top = unescape(arena, m.point);
		h->own = below(arena, h->top, unescape(arena, m.root), path);
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
