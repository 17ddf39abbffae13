/* Chains of one place: of a file, or of all that a folder holds. */
#include "cli/why.h"

#include "cli/chains.h"
#include "cli/report.h"
#include "cli/verb.h"

#include "base/cleanup.h"
#include "base/map.h"
#include "base/vec.h"

#include <mkroot/survey.h>

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* One IN. */
struct place {
	struct why *why;
	struct input *in;
	const char *typed;
	struct wanted wanted;
	struct arena *arena;
	struct loaded *loaded; /* files that some program maps */
	VEC(const char *) names;
};

struct loaded {
	const struct mkr_elf *elf;
	UT_hash_handle hh;
};

/* One object of a chain; no path: it is missing. */
struct hop {
	const char *path, *name, *how;
};

static struct hop hop_of(const struct mkr_load *l)
{
	return (struct hop){ l->path, l->name, l->refused ? "refused" : mkr_how_name(l->how) };
}

static void print_json(struct place *p, const struct hop *hop, size_t n)
{
	struct json *j = &p->why->json;
	emit_object(j, NULL);
	emit_bytes(j, "in", p->typed);
	emit_array(j, "chain");
	for (size_t i = 0; i < n; i++) {
		emit_object(j, NULL);
		emit_bytes(j, "name", hop[i].name);
		emit_bytes(j, "path", hop[i].path);
		emit_text(j, "how", hop[i].how);
		emit_end(j);
	}
	emit_end(j);
	emit_end(j);
}

static void print_chain(struct place *p, const struct hop *hop, size_t n)
{
	size_t number = p->why->n_chains++;
	if (p->why->as_json) {
		print_json(p, hop, n);
		return;
	}
	if (number >= p->why->most)
		return;
	for (size_t i = 0; i < n; i++) {
		struct shown_name name;
		const char *text = hop[i].path ? hop[i].path : hop[i].name;
		printf("%s%s", i ? " \xe2\x86\x92 " : "", show_name(&name, text));
		if (!hop[i].path)
			printf(" (%s)", hop[i].how);
	}
	putchar('\n');
}

/* PT_INTERP where nothing in the map asks for it: the kernel does. */
static void ask_interp(struct place *p, const struct mkr_map *map, const char *script)
{
	struct wanted *w = &p->wanted;
	const struct mkr_map *own;
	for (size_t i = 1; i < map->n; i++)
		if (map->load[i].how == MKR_AS_INTERP)
			return;
	if (!map->interp || map->interp_missing ||
		mkr_loader_map(p->in->loader, map->interp, &own, NULL) < 0 ||
		!chain_matches(own, 0, w))
		return;
	struct hop hop[] = { { script, script, "script" }, hop_of(&map->load[0]),
		{ map->interp, map->interp, mkr_how_name(MKR_AS_INTERP) } };
	print_chain(p, hop + (script == NULL), script ? 3 : 2);
}

/* `script`: what starts the program of the map, or NULL. */
static void ask_map(struct place *p, const struct mkr_map *map, const char *script)
{
	const struct chain *chain;
	size_t n = chains_find(p->arena, map, &p->wanted, &chain);
	for (size_t i = 0; i < n; i++) {
		struct hop *hop = arena_array(p->arena, struct hop, chain[i].n + 1);
		hop[0] = (struct hop){ script, script, "script" };
		for (size_t k = 0; k < chain[i].n; k++)
			hop[k + 1] = hop_of(&map->load[chain[i].at[k]]);
		print_chain(p, hop + (script == NULL), chain[i].n + (script != NULL));
	}
	ask_interp(p, map, script);
	for (size_t i = 1; n == 0 && i < map->n; i++)
		vec_push(&p->names, map->load[i].name);
}

/* The program of a "#!" line, or of env's: needed itself, and `deep` what it needs. */
static void ask_started(struct place *p, const char *script, const char *program, bool deep)
{
	const struct mkr_map *map;
	if (mkr_loader_map(p->in->loader, program, &map, NULL) < 0)
		return;
	if (chain_matches(map, 0, &p->wanted)) {
		struct hop hop[] = { { script, script, "script" },
			{ program, program, mkr_how_name(MKR_AS_INTERP) } };
		print_chain(p, hop, 2);
	}
	if (deep)
		ask_map(p, map, script);
}

static void ask_script(struct place *p, const struct mkr_found *f, bool deep)
{
	cleanup_free char *command = NULL;
	p->why->n_asked++;
	ask_started(p, f->path, f->interp, deep);
	if (f->command && input_program(p->in, f->command, &command, NULL) == 0)
		ask_started(p, f->path, arena_dup(p->arena, command), deep);
}

static void remember(struct place *p, const struct mkr_map *map)
{
	for (size_t i = 0; i < map->n; i++) {
		const struct mkr_elf *elf = map->load[i].elf;
		struct loaded *l;
		if (elf)
			HASH_FIND_PTR(p->loaded, &elf, l);
		if (!elf || l)
			continue;
		l = arena_new_of(p->arena, struct loaded);
		l->elf = elf;
		HASH_ADD_PTR(p->loaded, elf, l);
	}
}

/* Programs first; then the libraries that none of them loads, as if each were one. */
static void ask_folder(struct place *p, const struct mkr_survey *s)
{
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < s->n; i++) {
			const struct mkr_found *f = &s->found[i];
			const struct mkr_map *map;
			struct loaded *l;
			if (f->kind == MKR_FOUND_SCRIPT && pass == 0)
				ask_script(p, f, false);
			if (f->kind != MKR_FOUND_ELF ||
				mkr_loader_map(p->in->loader, f->path, &map, NULL) < 0 ||
				mkr_elf_is_program(map->load[0].elf) != (pass == 0))
				continue;
			HASH_FIND_PTR(p->loaded, &map->load[0].elf, l);
			if (pass == 1 && l)
				continue;
			p->why->n_asked++;
			ask_map(p, map, NULL);
			if (pass == 0)
				remember(p, map);
		}
	}
}

static int ask_file(struct place *p, const struct mkr_survey *s, const char *path)
{
	struct mkr_error err;
	const struct mkr_map *map;
	if (s->n == 1 && s->found[0].kind == MKR_FOUND_SCRIPT) {
		ask_script(p, &s->found[0], true);
		return EXIT_DONE;
	}
	int r = mkr_loader_map(p->in->loader, path, &map, &err);
	if (r < 0) {
		report_error(&err);
		return report_status(r);
	}
	p->why->n_asked++;
	ask_map(p, map, NULL);
	return EXIT_DONE;
}

static bool is_folder(const struct input *in, const char *path)
{
	cleanup_fd int fd = mkr_root_openat(in->root, path, O_PATH | O_DIRECTORY, NULL);
	return fd >= 0;
}

/* FILE for this IN: a path becomes one inside the root, also when it was typed with the root's own
 * path in front. */
static void set_wanted(struct place *p, const char *root)
{
	const char *file = p->why->file;
	struct wanted *w = &p->wanted;
	const struct mkr_map *map;
	*w = (struct wanted){ .text = file, .is_path = strchr(file, '/') != NULL };
	if (!w->is_path)
		return;
	size_t n = root ? strlen(root) : 0;
	while (n > 1 && root[n - 1] == '/')
		n--;
	if (n > 1 && strncmp(file, root, n) == 0 && file[n] == '/')
		file += n;
	cleanup_free char *path = input_path(p->in, file);
	w->text = arena_dup(p->arena, path);
	if (mkr_loader_map(p->in->loader, w->text, &map, NULL) == 0)
		w->elf = map->load[0].elf;
}

/* Everything of one IN, whose `path` is inside in->root. */
int why_ask(
	struct why *why, struct input *in, const char *typed, const char *path, const char *root)
{
	struct place p = { .why = why, .in = in, .typed = typed, .arena = arena_new() };
	struct mkr_survey *s;
	struct mkr_error err;
	int status = EXIT_DONE;
	set_wanted(&p, root);
	if (mkr_survey_make(&s, in->root, path, &err) < 0) {
		report_error(&err);
		status = report_status(err.code);
	} else {
		if (is_folder(in, path))
			ask_folder(&p, s);
		else
			status = ask_file(&p, s, path);
		for (size_t i = 0; i < s->n_unread && !why->quiet; i++)
			report_warning("%s: %s", s->unread[i].path, s->unread[i].why);
		mkr_survey_free(s);
	}
	if (why->n_chains == 0 && !why->near) {
		vec_push(&p.names, NULL);
		const char *near = nearest_name(why->file, p.names.at);
		why->near = near ? strdup(near) : NULL;
	}
	HASH_CLEAR(hh, p.loaded);
	vec_free(&p.names);
	arena_free(p.arena);
	return status;
}
