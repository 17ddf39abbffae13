/* What a process maps, as items of the closure. */
#include "closure/internal.h"

#include <string.h>

void closure_add_missing(struct mkr_closure *c, struct mkr_missing m)
{
	const char *by = m.map ? m.map->load[m.map->load[m.load].by].path : "";
	/* Each level of a program misses the same. */
	if (!set_add(&c->missed, c->arena,
		    arena_printf(c->arena, "%s\n%s\n%s", m.name, m.program, by)))
		return;
	if (c->lenient) {
		closure_warn(c,
			arena_printf(c->arena, "%s, for %s, %s", m.name, m.program,
				m.complaint ? "does not fit" : "is not found"));
		return;
	}
	m.name = arena_dup(c->arena, m.name);
	m.program = arena_dup(c->arena, m.program);
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
		return arena_printf(c->arena, "needed by %s (%s%s%s)", by, mkr_how_name(load->how),
			map->hwcaps ? ", on " : "", map->hwcaps ? map->hwcaps : "");
	}
}

/* The C library is walked to once, not once a program. */
static bool is_new(struct mkr_closure *c, const char *path)
{
	return set_add(&c->added, c->arena, path);
}

static int add_load(struct mkr_closure *c, const struct mkr_map *map, size_t i,
	const struct reason *first, struct mkr_error *err)
{
	const struct mkr_load *load = &map->load[i];
	if (!load->path) {
		if (!load->optional)
			closure_add_missing(c,
				(struct mkr_missing){ .name = load->name,
					.program = map->program,
					.map = map,
					.load = i });
		return 0;
	}
	if (!is_new(c, load->path))
		return 0;
	struct reason reason = { load->how == MKR_AS_INTERP ? MKR_WHY_INTERP : MKR_WHY_NEEDED };
	if (first && i == map->opened)
		reason = *first;
	else
		reason.because = because_of(c, map, load);
	return closure_add_path(c, load->path, &reason, NULL, err);
}

/* The kernel opens PT_INTERP, whether or not a library asks for it. */
static int add_interp(struct mkr_closure *c, const struct mkr_map *map, struct mkr_error *err)
{
	if (!map->interp || map->interp_missing || !is_new(c, map->interp))
		return 0;
	struct reason reason = { MKR_WHY_INTERP,
		arena_printf(c->arena, "interpreter of %s", map->program) };
	return closure_add_path(c, map->interp, &reason, NULL, err);
}

int closure_add_map(struct mkr_closure *c, const struct mkr_map *map, const struct reason *first,
	struct mkr_error *err)
{
	int r = 0;
	vec_push(&c->maps, map);
	for (size_t i = 1; i < map->n && r == 0; i++)
		if (!map->opening || map->load[i].opened)
			r = add_load(c, map, i, first, err);
	for (size_t i = 0; i < map->n_alias && r == 0; i++) {
		const struct mkr_alias *a = &map->alias[i];
		if (!is_new(c, a->path))
			continue;
		struct reason reason = { MKR_WHY_NEEDED,
			arena_printf(c->arena, "another name of %s", map->load[a->load].path) };
		r = closure_add_path(c, a->path, &reason, NULL, err);
	}
	if (r == 0)
		r = add_interp(c, map, err);
	if (r == 0 && map->search_file && is_new(c, map->search_file)) {
		struct reason reason = { MKR_WHY_NEEDED,
			arena_printf(c->arena, "search path for %s", map->program) };
		r = closure_add_path(c, map->search_file, &reason, NULL, err);
	}
	for (const char *const *w = map->warnings; *w; w++)
		closure_warn(c, *w);
	if (map->no_cache)
		closure_warn(c,
			arena_printf(
				c->arena, "no %s: resolved as if ldconfig had run", map->no_cache));
	return r < 0 ? r : closure_show_process(c, map, err);
}

int closure_check(struct mkr_closure *c, const struct mkr_map *map, struct mkr_error *err)
{
	const struct mkr_checks *checks;
	int r = mkr_loader_check(c->loader, map, &checks, err);
	for (size_t i = 0; r == 0 && i < checks->n_complaints; i++) {
		const struct mkr_complaint *what = &checks->complaint[i];
		/* The lesser ones the loader only warns of, at every start: nobody acts on them. */
		if (what->fatal)
			closure_add_missing(c,
				(struct mkr_missing){ .name = what->text,
					.program = map->program,
					.map = map,
					.load = what->load,
					.complaint = what });
	}
	return r;
}

int closure_add_process(struct mkr_closure *c, const struct mkr_map *map, struct mkr_error *err)
{
	int r = closure_add_map(c, map, NULL, err);
	if (r == 0)
		r = closure_check(c, map, err);
	return r < 0 ? r : closure_opened(c, map, err);
}
