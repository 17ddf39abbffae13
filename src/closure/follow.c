/* What an ELF file or a script brings along: its link map, its interpreter. */
#include "closure/internal.h"

#include "base/cleanup.h"
#include "elf/script.h"
#include "os/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The kernel gives up after this many interpreters of interpreters (fs/exec.c, exec_binprm). */
enum { DEPTH_MAX = 5 };

/* NULL: `path` was followed before. */
static struct visited *visit(struct mkr_closure *c, const char *path, bool *open)
{
	struct visited *v;
	size_t n = strlen(path);
	HASH_FIND(hh, c->visited, path, n, v);
	*open = v && v->script_open;
	if (v)
		return NULL;
	v = arena_new_of(c->arena, struct visited);
	v->path = arena_dup(c->arena, path);
	HASH_ADD_KEYPTR(hh, c->visited, v->path, n, v);
	return v;
}

static void add_missing(struct mkr_closure *c, const char *name, const char *program,
	const struct mkr_map *map, size_t load)
{
	struct mkr_missing m = { .name = arena_dup(c->arena, name),
		.program = arena_dup(c->arena, program),
		.map = map,
		.load = load };
	vec_push(&c->missing, m);
}

/* "needed by /bin/bash (RUNPATH)" */
static const char *because_of(
	struct mkr_closure *c, const struct mkr_map *map, const struct mkr_load *load)
{
	const char *by = map->load[load->by].path;
	switch (load->how) {
	case MKR_AS_INTERP:
		return arena_printf(c->arena, "interpreter of %s", map->program);
	case MKR_PRELOADED:
		return arena_printf(c->arena, "preloaded into %s", map->program);
	default:
		return arena_printf(c->arena, "needed by %s (%s)", by, mkr_how_name(load->how));
	}
}

static int add_load(
	struct mkr_closure *c, const struct mkr_map *map, size_t i, struct mkr_error *err)
{
	const struct mkr_load *load = &map->load[i];
	if (!load->path) {
		if (!load->optional)
			add_missing(c, load->name, map->program, map, i);
		return 0;
	}
	struct reason reason = { load->how == MKR_AS_INTERP ? MKR_WHY_INTERP : MKR_WHY_NEEDED,
		because_of(c, map, load) };
	return closure_add_path(c, load->path, &reason, NULL, err);
}

static int add_map(struct mkr_closure *c, const struct mkr_map *map, struct mkr_error *err)
{
	bool listed = false;
	for (size_t i = 1; i < map->n; i++) {
		int r = add_load(c, map, i, err);
		if (r < 0)
			return r;
		listed |= map->load[i].how == MKR_AS_INTERP;
	}
	for (size_t i = 0; i < map->n_alias; i++) {
		const struct mkr_alias *a = &map->alias[i];
		struct reason reason = { MKR_WHY_NEEDED,
			arena_printf(c->arena, "another name of %s", map->load[a->load].path) };
		int r = closure_add_path(c, a->path, &reason, NULL, err);
		if (r < 0)
			return r;
	}
	/* The kernel opens PT_INTERP, whether or not a library asks for it. */
	if (map->interp && !map->interp_missing && !listed) {
		struct reason reason = { MKR_WHY_INTERP,
			arena_printf(c->arena, "interpreter of %s", map->program) };
		return closure_add_path(c, map->interp, &reason, NULL, err);
	}
	for (const char *const *w = map->warnings; *w; w++)
		closure_warn(c, *w);
	return 0;
}

/* An interpreter of a script, or the program that its env starts. */
static int add_interpreter(struct mkr_closure *c, const char *script, const char *interp,
	unsigned depth, struct mkr_error *err)
{
	struct reason reason = { MKR_WHY_INTERP,
		arena_printf(c->arena, "interpreter of %s", script) };
	int r = closure_add_path(c, interp, &reason, NULL, err);
	if (r == -ENOENT || r == -ENOTDIR) {
		add_missing(c, interp, script, NULL, 0);
		return 0;
	}
	if (r < 0)
		return mkr_wrap(err, r, "interpreter of '%s'", script);
	return closure_follow(c, interp, true, depth + 1, err);
}

static int follow_script(struct mkr_closure *c, const char *path, const struct script *s,
	unsigned depth, struct mkr_error *err)
{
	if (depth >= DEPTH_MAX)
		return mkr_failx(err, -ELOOP, "'%s': interpreters of interpreters, %d deep", path,
			DEPTH_MAX);
	int r = add_interpreter(c, path, s->interp, depth, err);
	if (r < 0 || !s->command)
		return r;
	const char *command = command_find(c->root, c->arena, s->command);
	if (!command) {
		add_missing(c, s->command, path, NULL, 0);
		return 0;
	}
	return add_interpreter(c, path, command, depth, err);
}

static ssize_t read_head(struct mkr_closure *c, const char *path, char head[SCRIPT_LINE_MAX])
{
	struct stat st;
	cleanup_fd int fd = mkr_root_open_file(c->root, path, &st, NULL);
	return fd < 0 ? fd : pread(fd, head, SCRIPT_LINE_MAX, 0);
}

int closure_follow(
	struct mkr_closure *c, const char *path, bool must, unsigned depth, struct mkr_error *err)
{
	bool open;
	struct visited *v = visit(c, path, &open);
	if (open)
		return mkr_failx(err, -ELOOP, "'%s' is a script that is its own interpreter", path);
	if (!v)
		return 0;
	const struct mkr_map *map;
	struct mkr_error local;
	int r = mkr_loader_map(c->loader, path, &map, &local);
	if (r == 0)
		return add_map(c, map, err);
	if (r == -ENOEXEC) {
		char head[SCRIPT_LINE_MAX];
		struct script s;
		ssize_t n = read_head(c, path, head);
		if (n > 0 && script_parse(&s, c->arena, head, (size_t)n)) {
			v->script_open = true;
			r = follow_script(c, path, &s, depth, err);
			v->script_open = false;
			return r;
		}
	}
	if (!must && (r == -ENOEXEC || r == -EBADMSG || r == -EFBIG))
		return 0; /* a file like any other */
	if (r == -ENOEXEC)
		mkr_failx(&local, r, "'%s' is neither an ELF file nor a script", path);
	if (err)
		*err = local;
	return r;
}
