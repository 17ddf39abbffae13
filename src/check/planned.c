/* mkr_check_plan(): the paths of all link maps, resolved in the entries that the new root will
 * have. */
#include "check/findings.h"

#include "base/set.h"
#include "os/root.h"
#include "plan/resolve.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

struct plan_check {
	struct check *check;
	const struct mkr_closure *closure;
	const struct mkr_entry *entries;
	size_t n;
	struct set *done; /* paths that were looked at */
};

/* The first thing on the way to a file, in the old root, that the new one will not have. */
struct gap {
	const struct plan_check *p;
	const char *path;
};

static int find_gap(void *ctx, const struct mkr_step *step, struct mkr_error *err)
{
	(void)err;
	struct gap *g = ctx;
	if (mkr_entry_find(g->p->entries, g->p->n, step->path))
		return 0;
	g->path = arena_dup(g->p->check->arena, step->path);
	return -ECANCELED;
}

static void check_gap(
	struct plan_check *p, const char *path, const struct mkr_map *map, const char *asker)
{
	struct check *c = p->check;
	struct gap gap = { .p = p };
	mkr_root_walk(c->root, path, true, find_gap, &gap, NULL);
	if (gap.path && mkr_closure_excludes(p->closure, gap.path))
		finding_add(c, LEFT_OUT, path, NULL, map->program,
			arena_printf(c->arena, "is left out, but needed by %s", asker));
	else
		finding_add(c, NOT_IN_PLAN, path, NULL, map->program,
			arena_printf(c->arena, "is needed by %s and not in the new root", asker));
}

/* Another file was included under this name. */
static bool is_replaced(const struct plan_check *p, const char *path, const struct mkr_entry *e)
{
	if (!e->source || strcmp(e->source, e->path) == 0)
		return false;
	const char *real = root_real_path(p->check->root, p->check->arena, path);
	return !real || strcmp(real + 1, e->source) != 0;
}

static void check_path(
	struct plan_check *p, const char *path, const struct mkr_map *map, const char *asker)
{
	struct check *c = p->check;
	if (!set_add(&p->done, c->arena, path))
		return;
	const char *real = plan_resolve(c->arena, p->entries, p->n, path);
	const struct mkr_entry *e = real ? mkr_entry_find(p->entries, p->n, real) : NULL;
	if (!e || !S_ISREG(e->mode))
		check_gap(p, path, map, asker);
	else if (is_replaced(p, path, e))
		finding_add(c, NOT_IN_PLAN, path, NULL, map->program,
			arena_printf(c->arena, "is needed by %s, but replaced by /%s", asker,
				e->source));
}

static void check_planned_map(struct plan_check *p, const struct mkr_map *map)
{
	for (size_t i = 1; i < map->n; i++) {
		const struct mkr_load *l = &map->load[i];
		if (l->path)
			check_path(p, l->path, map, map->load[l->by].path);
	}
	for (size_t i = 0; i < map->n_alias; i++)
		check_path(p, map->alias[i].path, map, map->program);
	if (map->interp && !map->interp_missing)
		check_path(p, map->interp, map, map->program);
}

int mkr_check_plan(struct mkr_findings **out, const struct mkr_closure *c,
	const struct mkr_entry *entries, size_t n, struct mkr_error *err)
{
	(void)err;
	struct check check = { .root = mkr_closure_root(c), .arena = arena_new() };
	struct plan_check p = { .check = &check, .closure = c, .entries = entries, .n = n };
	size_t n_maps;
	const struct mkr_map *const *map = mkr_closure_maps(c, &n_maps);
	for (size_t i = 0; i < n_maps; i++)
		check_planned_map(&p, map[i]);
	set_clear(&p.done);
	*out = findings_settle(&check);
	return 0;
}
