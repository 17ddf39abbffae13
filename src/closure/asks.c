/* What the closure shows the rules, and what it does about their asks. */
#include "closure/internal.h"

#include "base/cleanup.h"
#include "os/command.h"
#include "os/root.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* True the first time; the same file under another name is another thing to ask about, and so is
 * a program that scripts alone asked for until now. */
static bool first_time(struct mkr_closure *c, const char *path, bool for_script)
{
	const char *key = for_script ? arena_printf(c->arena, "#!%s", path) : path;
	return set_add(&c->shown, c->arena, key);
}

/* Where its C library was found: the folder that multiarch systems keep a machine's files in. */
static const char *lib_dir(struct mkr_closure *c, const struct mkr_map *map)
{
	for (size_t i = 1; i < map->n; i++) {
		const struct mkr_load *l = &map->load[i];
		if (!l->path || !l->elf || !l->elf->soname ||
			strncmp(l->elf->soname, "libc.", 5) != 0)
			continue;
		const char *real = closure_real_path(c, l->path);
		return real ? arena_dup_str(c->arena, str_dir(str_from(real))) : NULL;
	}
	return NULL;
}

static int show(struct mkr_closure *c, struct subject *s, struct mkr_error *err)
{
	s->path = closure_real_path(c, s->asked);
	s->wanted = !c->set && !c->lenient;
	s->set = c->set;
	return s->path ? rules_look(c->rules, s, err) : 0;
}

int closure_show_process(struct mkr_closure *c, const struct mkr_map *map, struct mkr_error *err)
{
	if (!rules_any(c->rules))
		return 0;
	int r = 0;
	const char *libs = lib_dir(c, map);
	for (size_t i = 0; i < map->n && r == 0; i++) {
		const struct mkr_load *l = &map->load[i];
		bool program = i == 0 && !map->opening;
		const char *path = program ? map->program : l->path;
		if (!path || !l->elf || (map->opening && !l->opened) ||
			!first_time(c, path, program && c->script))
			continue;
		struct subject s = { .kind = program && mkr_elf_is_program(l->elf)
				? SUBJECT_PROGRAM
				: SUBJECT_LIBRARY,
			.asked = path,
			.elf = l->elf,
			.libc = map->libc,
			.lib_dir = libs,
			.script = c->script,
			.process = map,
			.load = i };
		s.detail = mkr_loader_detail(
			c->loader, l, MKR_DETAIL_VERSIONS | MKR_DETAIL_NOTES | MKR_DETAIL_IMPORTS);
		r = show(c, &s, err);
	}
	return r;
}

int closure_show_script(
	struct mkr_closure *c, const char *asked, const char *interp, struct mkr_error *err)
{
	struct subject s = { .kind = SUBJECT_SCRIPT, .asked = asked };
	s.interp = root_real_path(c->root, c->arena, interp);
	return s.interp && first_time(c, asked, false) ? show(c, &s, err) : 0;
}

/* Is it a file or a folder? Devices, sockets and FIFOs are made where they are used. */
static bool is_plain(const struct mkr_closure *c, const char *path, bool *ret_folder)
{
	struct stat st;
	cleanup_fd int fd = root_open(c->root, path, O_PATH);
	if (fd < 0 || fstat(fd, &st) < 0)
		return false;
	*ret_folder = S_ISDIR(st.st_mode);
	return *ret_folder || S_ISREG(st.st_mode);
}

int closure_take(
	struct mkr_closure *c, const char *path, const struct reason *reason, struct mkr_error *err)
{
	bool before = c->lenient;
	struct mkr_error local;
	const char *real;
	bool folder;
	if (!is_plain(c, path, &folder))
		return 0;
	const char *at = c->set ? root_real_path(c->root, c->arena, path) : NULL;
	if (at && closure_withholds(at))
		return 0;
	c->lenient = true;
	int r = closure_add_path(c, path, reason, &real, &local);
	if (r == 0 && !folder)
		r = closure_follow(c, path, false, 0, &local);
	c->lenient = before;
	if (r == -ENOMEM) {
		if (err)
			*err = local;
		return r;
	}
	if (r < 0 && r != -EISDIR)
		closure_warn(c, local.text);
	return 0;
}

/* A file or folder of our own making. Nothing that was copied gives way to it. */
static int make(struct mkr_closure *c, const struct asked *a, struct mkr_error *err)
{
	bool folder = a->ask.kind == ASK_FOLDER;
	const char *dest = a->ask.what + strspn(a->ask.what, "/");
	int r = closure_add_parents(c, &dest, a->because, err);
	mode_t mode = a->ask.mode ? a->ask.mode : folder ? 0755 : 0644;
	struct mkr_item item = { .path = dest,
		.because = a->because,
		.why = folder ? MKR_WHY_RULE : MKR_WHY_MADE,
		.data = folder        ? NULL
			: a->ask.data ? a->ask.data
				      : "",
		.st = { .st_mode = (folder ? S_IFDIR : S_IFREG) | mode,
			.st_uid = a->ask.uid,
			.st_gid = a->ask.gid,
			.st_size = folder ? 0 : (off_t)a->ask.size } };
	if (r == 0 && !mkr_closure_excludes(c, dest))
		closure_add_item(c, &item, true);
	return r;
}

static int take_command(struct mkr_closure *c, const struct asked *a, const struct reason *reason,
	bool *found, struct mkr_error *err)
{
	const char *path = command_find(c->root, c->arena, a->ask.what);
	*found = path && root_real_path(c->root, c->arena, path);
	return *found ? closure_take(c, path, reason, err) : 0;
}

static bool is_heavy(struct mkr_closure *c, const struct ask *ask)
{
	const char *real = ask->weigh ? root_real_path(c->root, c->arena, ask->what) : NULL;
	return real && closure_is_heavy(c, real, real, ask);
}

/* *found: what was asked for is there, or was made. */
static int answer(struct mkr_closure *c, const struct asked *a, bool *found, struct mkr_error *err)
{
	struct reason reason = { MKR_WHY_RULE, a->because };
	const char *what = a->ask.what;
	*found = true;
	switch (a->ask.kind) {
	case ASK_PATH:
		*found = rules_has(c->rules, what);
		if (is_heavy(c, &a->ask))
			return 0;
		return closure_take(c, what, &reason, err);
	case ASK_TREE:
		*found = rules_has(c->rules, what);
		return closure_take_tree(c, what, &reason, &a->ask, err);
	case ASK_LIBRARY:
		*found = a->process != NULL;
		return a->process
			? closure_open_library(c, a->process, a->load, what, &reason, found, err)
			: 0;
	case ASK_COMMAND:
		return take_command(c, a, &reason, found, err);
	case ASK_FOLDER:
		/* What is in it is not taken, nor is when that changed: /var/tmp is a day old on
		 * one host and a second on another. */
		reason.why = MKR_WHY_PARENT;
		if (rules_has(c->rules, what))
			return closure_take(c, what, &reason, err);
		return make(c, a, err);
	case ASK_MADE:
		return make(c, a, err);
	}
	return 0;
}

static int answer_one(struct mkr_closure *c, const struct asked *a, struct mkr_error *err)
{
	struct mkr_error local;
	bool found;
	c->set = a->set;
	c->lenient = true;
	int r = answer(c, a, &found, &local);
	c->lenient = false;
	c->set = NULL;
	if (r == -ENOMEM || (r < 0 && a->ask.required)) {
		if (err)
			*err = local;
		return mkr_wrap(err, r, "%s: '%s' (%s)", a->set, a->ask.what, a->because);
	}
	if (r < 0)
		closure_warn(c, local.text);
	else if (!found && a->ask.required)
		closure_add_missing(c,
			(struct mkr_missing){ .name = a->ask.what,
				.program = arena_printf(c->arena, "%s: %s", a->set, a->because) });
	return 0;
}

/* The asks that wait, and what they lead to. *any: there were some. */
static int answer_waiting(struct mkr_closure *c, bool *any, struct mkr_error *err)
{
	const struct asked *a;
	int r = 0;
	for (*any = false; r == 0 && (a = rules_next(c->rules)); *any = true)
		r = answer_one(c, a, err);
	return r;
}

static int settle(struct mkr_closure *c, struct mkr_error *err)
{
	bool more;
	int r = answer_waiting(c, &more, err);
	do {
		if (r == 0)
			r = rules_settle(c->rules, err);
		if (r == 0)
			r = answer_waiting(c, &more, err);
	} while (r == 0 && more);
	return r;
}

int closure_answer_all(struct mkr_closure *c, struct mkr_error *err)
{
	const char *warning;
	int r = settle(c, err);
	if (r == 0)
		r = rules_finish(c->rules, err);
	if (r == 0)
		r = settle(c, err);
	while ((warning = rules_warning(c->rules)))
		closure_warn(c, warning);
	return r;
}
