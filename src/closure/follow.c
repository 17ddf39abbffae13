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

/* NULL: `path` was followed before, by *before. */
static struct visited *visit(struct mkr_closure *c, const char *path, struct visited **before)
{
	struct visited *v;
	size_t n = strlen(path);
	HASH_FIND(hh, c->visited, path, n, v);
	*before = v;
	if (v)
		return NULL;
	v = arena_new_of(c->arena, struct visited);
	v->path = arena_dup(c->arena, path);
	v->for_script = c->script != NULL;
	HASH_ADD_KEYPTR(hh, c->visited, v->path, n, v);
	return v;
}

/* The same program on machines of other glibc-hwcaps levels: each finds its own files. */
static int add_levels(
	struct mkr_closure *c, const char *path, const struct mkr_map *base, struct mkr_error *err)
{
	if (base->is_static || strcmp(base->libc, "glibc") != 0 ||
		(c->hwcaps && strcmp(c->hwcaps, "none") == 0))
		return 0;
	const char *const *level = mkr_loader_levels(c->loader, base, c->hwcaps);
	for (; *level; level++) {
		const struct mkr_map *map;
		int r = mkr_loader_map_level(c->loader, path, *level, &map, err);
		if (r == 0)
			r = closure_add_process(c, map, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static void add_missing(struct mkr_closure *c, const char *name, const char *program)
{
	closure_add_missing(c, (struct mkr_missing){ .name = name, .program = program });
}

/* An interpreter of a script, or the program that its env starts. */
static int add_interpreter(struct mkr_closure *c, const char *script, const char *interp,
	unsigned depth, struct mkr_error *err)
{
	struct reason reason = { MKR_WHY_INTERP,
		arena_printf(c->arena, "interpreter of %s", script) };
	int r = closure_add_path(c, interp, &reason, NULL, err);
	if (r == -ENOENT || r == -ENOTDIR) {
		add_missing(c, interp, script);
		return 0;
	}
	if (r < 0)
		return mkr_wrap(err, r, "interpreter of '%s'", script);
	const char *before = c->script;
	c->script = script;
	r = closure_follow(c, interp, true, depth + 1, err);
	c->script = before;
	return r;
}

static int follow_script(struct mkr_closure *c, const char *path, const struct script *s,
	unsigned depth, struct mkr_error *err)
{
	if (depth >= DEPTH_MAX)
		return mkr_failx(err, -ELOOP, "'%s': interpreters of interpreters, %d deep", path,
			DEPTH_MAX);
	int r = add_interpreter(c, path, s->interp, depth, err);
	if (r < 0)
		return r;
	if (!s->command)
		return closure_show_script(c, path, s->interp, err);
	const char *command = command_find(c->root, c->arena, s->command);
	if (!command) {
		add_missing(c, s->command, path);
		return 0;
	}
	r = add_interpreter(c, path, command, depth, err);
	return r < 0 ? r : closure_show_script(c, path, command, err);
}

static ssize_t read_head(struct mkr_closure *c, const char *path, char head[SCRIPT_LINE_MAX])
{
	struct stat st;
	cleanup_fd int fd = mkr_root_open_file(c->root, path, &st, NULL);
	return fd < 0 ? fd : pread(fd, head, SCRIPT_LINE_MAX, 0);
}

/* A program that was there to read scripts is asked for as what it is: the rules see that. */
static int show_again(struct mkr_closure *c, struct visited *v, struct mkr_error *err)
{
	const struct mkr_map *map;
	v->for_script = false;
	int r = mkr_loader_map(c->loader, v->path, &map, err);
	return r == 0 ? closure_show_process(c, map, err) : 0;
}

int closure_follow(
	struct mkr_closure *c, const char *path, bool must, unsigned depth, struct mkr_error *err)
{
	struct visited *before, *v = visit(c, path, &before);
	if (before && before->script_open)
		return mkr_failx(err, -ELOOP, "'%s' is a script that is its own interpreter", path);
	if (!v)
		return before->for_script && !c->script ? show_again(c, before, err) : 0;
	const struct mkr_map *map;
	struct mkr_error local;
	int r = mkr_loader_map(c->loader, path, &map, &local);
	if (r == 0) {
		r = closure_add_process(c, map, err);
		return r < 0 ? r : add_levels(c, path, map, err);
	}
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
