/* What shell scripts call. Only scripts that the user asked for are read, and those that they call
 * in turn: not what some tree of files happens to hold. */
#include "rules/rule.h"

#include "base/cleanup.h"
#include "base/map.h"
#include "base/set.h"
#include "os/command.h"
#include "os/root.h"
#include "rules/paths.h"
#include "rules/shell.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum {
	CALLS_MAX = 3, /* scripts that call scripts */
	HELD_MAX = 8 << 20, /* bytes of a file or folder that a variable names */
	SOURCED_MAX = 5, /* files that source files */
	HELPERS_MAX = 100, /* scripts that a program has beside it */
	HELPED_MAX = 512 << 10, /* bytes of a command that one of those calls */
	PROGRAMS_MAX = 64,
};

struct called {
	const char *path;
	unsigned depth;
	UT_hash_handle hh;
};

struct scripts {
	struct called *called; /* programs, by the calls between them and the user */
	struct set *read;
	const char *programs[PROGRAMS_MAX]; /* that were asked for */
	size_t n_programs, n_helpers;
	const struct package *helps; /* whose helper is being read; NULL: none is */
};

static const char shells[] = "sh bash dash ash ksh* mksh zsh* yash busybox toybox bash-static";

static unsigned depth_of(const struct scripts *state, const char *path)
{
	struct called *c;
	HASH_FIND(hh, state->called, path, strlen(path), c);
	return c ? c->depth : CALLS_MAX;
}

static void note_call(struct rules *r, struct scripts *state, const char *path, unsigned depth)
{
	struct called *c;
	HASH_FIND(hh, state->called, path, strlen(path), c);
	if (c || depth > CALLS_MAX)
		return;
	c = arena_new_of(rules_arena(r), struct called);
	c->path = arena_dup(rules_arena(r), path);
	c->depth = depth;
	HASH_ADD_KEYPTR(hh, state->called, c->path, strlen(c->path), c);
}

static bool is_program(const struct rules *r, const char *path)
{
	struct stat st;
	cleanup_fd int fd = root_open_file(rules_root(r), path, &st);
	return fd >= 0 && (st.st_mode & 0111);
}

/* The package of a program that was asked for, when the script is one of its helpers: git's are in
 * /usr/lib/git-core. */
static const struct package *whose_helper(
	struct rules *r, struct scripts *state, const struct subject *s)
{
	struct packages *p = rules_packages(r);
	const struct package *own = state->n_programs ? packages_owner(p, s->path) : NULL;
	for (size_t i = 0; own && i < state->n_programs; i++)
		if (packages_owner(p, state->programs[i]) == own)
			return own;
	return NULL;
}

/* Helpers are many and few are used: of what they call, the small that is everywhere or that their
 * package depends on. */
static bool is_for_helper(struct rules *r, const struct package *own, const char *path)
{
	struct stat st;
	const char *real = root_real_path(rules_root(r), rules_arena(r), path);
	cleanup_fd int fd = real ? root_open_file(rules_root(r), real, &st) : -1;
	const struct package *owner = fd >= 0 ? packages_owner(rules_packages(r), real) : NULL;
	return owner && st.st_size <= HELPED_MAX &&
		(owner == own || owner->essential ||
			packages_depends(rules_packages(r), own, owner));
}

static void call(struct rules *r, struct scripts *state, const struct subject *s, const char *name,
	unsigned depth)
{
	/* A path that is not absolute is one of the folder it is called in. */
	if (*name != '/' && strchr(name, '/'))
		return;
	const char *path = command_find(rules_root(r), rules_arena(r), name);
	if (!path || !is_program(r, path) ||
		(state->helps && !is_for_helper(r, state->helps, path)))
		return;
	note_call(r, state, path, depth + 1);
	rules_ask(r, s, &(struct ask){ ASK_PATH, path },
		arena_printf(rules_arena(r), "calls %s", name));
}

/* A folder of the script's own: "/usr/lib/x86_64-linux-gnu/libfakeroot" of fakeroot. */
static bool is_own(const struct subject *s, const char *folder)
{
	const char *name = base_name(folder), *own = base_name(s->asked),
		   *real = base_name(s->path);
	return strlen(own) > 2 && strlen(name) > 2 &&
		(strstr(name, own) || strstr(own, name) || strstr(real, name));
}

/* What a variable holds the path of. */
static void hold(struct rules *r, const struct subject *s, const char *path)
{
	struct stat st;
	static const char *const skip[] = { "*.a", "*.h", "doc", "man", "locale", "examples",
		NULL };
	bool ours = strncmp(path, "/usr/", 5) == 0 || strncmp(path, "/opt/", 5) == 0;
	cleanup_fd int fd = ours ? root_open(rules_root(r), path, O_PATH) : -1;
	if (fd < 0 || fstat(fd, &st) < 0)
		return;
	struct ask ask = { .kind = ASK_TREE, .what = path, .no_scripts = true, .skip = skip };
	bool file = S_ISREG(st.st_mode) && !(st.st_mode & 0111) && st.st_size <= HELD_MAX;
	bool folder = S_ISDIR(st.st_mode) && is_own(s, path) &&
		rules_tree_size(r, path, skip, HELD_MAX) <= HELD_MAX;
	if (file || folder)
		rules_ask(r, s, &ask, "names it");
}

static void read_script(struct rules *r, struct scripts *state, const struct subject *s,
	const char *path, unsigned depth, unsigned sourced)
{
	struct shell_names names;
	const char *text = NULL;
	if (sourced <= SOURCED_MAX && set_add(&state->read, rules_arena(r), path))
		text = rules_read(r, path, NULL);
	if (!text)
		return;
	const char *const self[] = { s->path, s->asked, NULL };
	shell_names(rules_arena(r), str_from(text), self, &names);
	for (size_t i = 0; i < names.commands.n; i++)
		call(r, state, s, names.commands.at[i], depth);
	for (size_t i = 0; i < names.sourced.n; i++) {
		const char *name = names.sourced.at[i];
		const char *file = command_find(rules_root(r), rules_arena(r), name);
		/* What starts helpers has their folder in PATH (git's GIT_EXEC_PATH). */
		if (!file && state->helps && !strchr(name, '/'))
			file = arena_printf(rules_arena(r), "%s/%s",
				arena_dup_str(rules_arena(r), str_dir(str_from(s->path))), name);
		if (!file || *file != '/' || !rules_has(r, file))
			continue;
		rules_ask(r, s, &(struct ask){ ASK_PATH, file },
			arena_printf(rules_arena(r), "reads %s", name));
		read_script(r, state, s, file, depth, sourced + 1);
	}
	for (size_t i = 0; i < names.paths.n; i++)
		hold(r, s, names.paths.at[i]);
	shell_names_free(&names);
}

static int look(struct rules *r, void *at, const struct subject *s, struct mkr_error *err)
{
	(void)err;
	struct scripts *state = at;
	if (s->kind == SUBJECT_PROGRAM && s->wanted && state->n_programs < PROGRAMS_MAX)
		state->programs[state->n_programs++] = arena_dup(rules_arena(r), s->path);
	if (s->kind != SUBJECT_SCRIPT || !words_match(shells, base_name(s->interp)))
		return 0;
	unsigned depth = s->wanted ? 0 : depth_of(state, s->asked);
	if (depth == CALLS_MAX && s->set && state->n_helpers < HELPERS_MAX)
		state->helps = whose_helper(r, state, s);
	state->n_helpers += state->helps != NULL;
	if (depth < CALLS_MAX || state->helps)
		read_script(r, state, s, s->path, depth, 0);
	state->helps = NULL;
	return 0;
}

static void let_go(void *at)
{
	struct scripts *state = at;
	HASH_CLEAR(hh, state->called);
	set_clear(&state->read);
}

const struct rule_set rule_scripts = {
	.name = "scripts",
	.help = "programs that shell scripts call, and files they source",
	.state_size = sizeof(struct scripts),
	.look = look,
	.let_go = let_go,
};
