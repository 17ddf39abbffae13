#include "run/cgroup_place.h"

#include "base/cleanup.h"
#include "run/cgroup_aside.h"
#include "run/cgroup_file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

enum { RMDIR_TRIES = 400, DEPTH_MAX = 32 };

static int open_group(int above, const char *name)
{
	int fd = openat(above, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Makes the folder and opens it. */
static int make(struct place *p, int above, const char *name)
{
	if (mkdirat(above, name, 0755) < 0)
		return -errno;
	p->group = open_group(above, name);
	p->procs = p->group < 0 ? -1 : openat(p->group, "cgroup.procs", O_WRONLY | O_CLOEXEC);
	int r = p->group < 0 ? p->group : p->procs < 0 ? -errno : 0;
	if (r < 0) {
		if (p->group >= 0)
			close(p->group);
		unlinkat(above, name, AT_REMOVEDIR);
		return r;
	}
	p->name = name;
	return 0;
}

static bool is_refusal(int code)
{
	return code == -EACCES || code == -EPERM || code == -EROFS;
}

static int not_ours(const char *path, bool v2, struct mkr_error *err)
{
	const char *kind = v2 ? "v2" : "v1";
	mkr_failx(err, -ENOLINK, "no cgroup here is the caller's to use");
	if (geteuid() == 0) {
		mkr_detail(err, "cause", "'%s' (cgroup %s) is closed to root, as in a container",
			path, kind);
		return -ENOLINK;
	}
	mkr_detail(err, "cause", "'%s' (cgroup %s) cannot be written to", path, kind);
	mkr_detail(err, "hint", "%s",
		v2 ? "have one delegated: systemd-run --user --scope -p Delegate=yes mkroot run ..."
		   : "run it as root");
	return -ENOLINK;
}

/* cpuset(7): a new group has no CPU and no memory node at all, and takes no process then. */
int cpuset_fill(int group, int above, struct arena *arena)
{
	static const char *const files[][2] = { { "cpuset.effective_mems", "cpuset.mems" },
		{ "cpuset.effective_cpus", "cpuset.cpus" } };
	const char *text;
	int r = 0;
	for (size_t i = 0; i < 2 && r == 0; i++) {
		r = read_text(&text, arena, above, files[i][0]);
		if (r == -ENOENT)
			return 0;
		if (r == 0)
			r = write_text(group, files[i][1], text);
	}
	return r;
}

int place_make_v1(struct place *p, struct arena *arena, const struct hierarchy *h, const char *name,
	struct mkr_error *err)
{
	*p = (struct place){ .above = -1, .group = -1, .inner = -1, .procs = -1 };
	p->controllers = h->controllers;
	if (!h->own)
		return not_ours(h->top, false, err);
	cleanup_fd int above = open_group(AT_FDCWD, h->own);
	int r = above < 0 ? above : make(p, above, name);
	if (is_refusal(r))
		return not_ours(h->own, false, err);
	p->path = arena_printf(arena, "%s/%s", h->own, name);
	if (r < 0)
		return mkr_fail(err, r, "cannot make the cgroup '%s'", p->path);
	p->above = steal_fd(&above);
	r = cpuset_fill(p->group, p->above, arena);
	if (r < 0) {
		mkr_fail(err, r, "cannot give '%s' what the group above may use", p->path);
		place_remove(p);
	}
	return r;
}

static bool has_word(const char *list, const char *word)
{
	struct str rest = str_from(list), part;
	while (str_split(&rest, " ", &part))
		if (str_eq(part, str_from(word)))
			return true;
	return false;
}

/* The wanted controllers that `list` is without, as words. */
static const char *lacking(struct arena *arena, const char *list, unsigned wanted)
{
	const char *words = "";
	for (unsigned c = 0; c < CTL_COUNT; c++)
		if (wanted & (1U << c) && c != CTL_DEVICES &&
			!has_word(list, controller_name(c, true)))
			words = arena_printf(arena, "%s%s%s", words, *words ? " " : "",
				controller_name(c, true));
	return words;
}

/* The real root needs no lock: nothing is ever moved aside there, and everybody can lock it. */
static int lock_above(int above)
{
	return faccessat(above, "cgroup.type", F_OK, 0) == 0 &&
			faccessat(above, ".", W_OK, AT_EACCESS) == 0
		? aside_lock(above)
		: -1;
}

/* Threaded controllers (cpu, cpuset, pids) the kernel would hand on in a group with processes; it
 * takes no other processes below then (cgroup-v2.rst, "Threads"). The root is free of that. */
static bool holds_processes(struct arena *arena, int above)
{
	const char *text;
	return faccessat(above, "cgroup.type", F_OK, 0) == 0 &&
		read_text(&text, arena, above, "cgroup.procs") == 0 && *text;
}

/* One group, whether the folder can be made in it. -EBUSY: it holds processes. */
static int try_above(struct place *p, struct arena *arena, int above, const char *name)
{
	const char *there, *on = "";
	int r = read_text(&there, arena, above, "cgroup.controllers");
	if (r == 0)
		r = read_text(&on, arena, above, "cgroup.subtree_control");
	if (r < 0)
		return r;
	if (*lacking(arena, there, p->controllers))
		return -ENODEV;
	if (p->controllers && holds_processes(arena, above))
		return -EBUSY;
	/* An ordinary user moves processes only where the group above both is his (cgroups(7)). */
	if (faccessat(above, "cgroup.procs", W_OK, AT_EACCESS) < 0)
		return -errno;
	r = group_hand_on(above, lacking(arena, on, p->controllers), '+');
	return r < 0 ? r : make(p, above, name);
}

static int try_aside(struct place *p, struct arena *arena, const char *own, const char *name)
{
	cleanup_fd int above = open_group(AT_FDCWD, own);
	if (above < 0)
		return above;
	cleanup_fd int lock __attribute__((unused)) = aside_lock(above);
	int r = try_above(p, arena, above, name);
	if (r == -EBUSY)
		r = aside_move(above, name);
	if (r == 0 && p->group < 0) {
		r = try_above(p, arena, above, name);
		if (r < 0)
			aside_restore(above);
	}
	if (r == 0)
		p->above = steal_fd(&above);
	return r;
}

static int explain_v2(const struct place *p, struct arena *arena, const struct hierarchy *h,
	int code, struct mkr_error *err)
{
	const char *list;
	cleanup_fd int top = open_group(AT_FDCWD, h->top);
	if (top < 0 || read_text(&list, arena, top, "cgroup.controllers") < 0)
		list = "";
	const char *words = lacking(arena, list, p->controllers);
	if (*words) {
		mkr_failx(err, -ENODEV, "the cgroup controller '%s' is missing", words);
		mkr_detail(
			err, "cause", "cgroup v2 at '%s' has: %s", h->top, *list ? list : "none");
		return -ENODEV;
	}
	if (is_refusal(code))
		return not_ours(h->own ? h->own : h->top, true, err);
	if (code != -ENODEV)
		return mkr_fail(err, code, "cannot make a cgroup below '%s'", h->own);
	mkr_failx(err, -ENOLINK,
		"the cgroup controller '%s' is not handed on to the caller's group",
		lacking(arena, "", p->controllers));
	mkr_detail(
		err, "cause", "cgroup.subtree_control of the groups above '%s' lacks it", h->own);
	return -ENOLINK;
}

/* Whoever was moved aside, for another box, still belongs where he was; and may be back there
 * before we come to it. */
static const char *home(struct arena *arena, const struct hierarchy *h)
{
	struct str own = str_from(h->own);
	if (strcmp(h->own, h->top) != 0 && str_ends(own, STR(ASIDE_SUFFIX)))
		own = str_dir(own);
	return arena_dup_str(arena, own);
}

int place_make_v2(struct place *p, struct arena *arena, const struct hierarchy *h, const char *name,
	struct mkr_error *err)
{
	*p = (struct place){ .v2 = true, .above = -1, .group = -1, .inner = -1, .procs = -1 };
	p->controllers = h->controllers;
	if (!h->own)
		return not_ours(h->top, true, err);
	const char *own = home(arena, h);
	char *path = arena_dup(arena, own);
	int first = 0, r;
	for (;;) {
		cleanup_fd int above = open_group(AT_FDCWD, path);
		cleanup_fd int lock __attribute__((unused)) = above < 0 ? -1 : lock_above(above);
		r = above < 0 ? above : try_above(p, arena, above, name);
		if (r == 0) {
			p->above = steal_fd(&above);
			break;
		}
		if (first == 0 || first == -ENODEV)
			first = r;
		char *slash = strrchr(path, '/');
		if (strcmp(path, h->top) == 0 || !slash || slash == path)
			break;
		*slash = '\0';
	}
	if (r < 0 && first == -EBUSY) {
		path = arena_dup(arena, own);
		r = first = try_aside(p, arena, path, name);
	}
	if (r < 0)
		return explain_v2(p, arena, h, first, err);
	p->path = arena_printf(arena, "%s/%s", path, name);
	return 0;
}

static void kill_all(int group)
{
	struct arena *arena = arena_new();
	const char *text;
	/* cgroup.kill came with Linux 5.14; v1 has none. */
	if (write_text(group, "cgroup.kill", "1") < 0 &&
		read_text(&text, arena, group, "cgroup.procs") == 0) {
		struct str rest = str_from(text), line;
		while (str_split(&rest, "\n", &line)) {
			long pid = line.n ? strtol(line.p, NULL, 10) : 0;
			if (pid > 0)
				kill((pid_t)pid, SIGKILL);
		}
	}
	arena_free(arena);
}

int group_rmdir(int above, const char *name, int depth)
{
	if (unlinkat(above, name, AT_REMOVEDIR) == 0)
		return 0;
	if (errno != EBUSY || depth == 0)
		return -errno;
	cleanup_fd int group = open_group(above, name);
	int again = group < 0 ? -1 : open_group(group, ".");
	cleanup_dir DIR *list = again < 0 ? NULL : fdopendir(again);
	const struct dirent *d;
	while (list && (d = readdir(list)))
		if (d->d_type == DT_DIR && strcmp(d->d_name, ".") != 0 &&
			strcmp(d->d_name, "..") != 0)
			group_rmdir(group, d->d_name, depth - 1);
	return unlinkat(above, name, AT_REMOVEDIR) == 0 ? 0 : -errno;
}

void place_remove(struct place *p)
{
	if (p->above < 0)
		return;
	/* Nobody should be left in it: a process that is going may need a moment more. */
	int r = group_rmdir(p->above, p->name, DEPTH_MAX);
	for (int i = 0; r == -EBUSY && i < RMDIR_TRIES; i++) {
		kill_all(p->group);
		if (p->inner >= 0)
			kill_all(p->inner);
		usleep(i < 100 ? 1000 : 10000);
		r = group_rmdir(p->above, p->name, DEPTH_MAX);
	}
	if (p->v2 && aside_exists(p->above)) {
		cleanup_fd int lock __attribute__((unused)) = lock_above(p->above);
		aside_restore(p->above);
	}
	close(p->procs);
	close(p->group);
	if (p->inner >= 0)
		close(p->inner);
	close(steal_fd(&p->above));
}
