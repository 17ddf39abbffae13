/* Who needs whom: the part that a file of a link map belongs to needs those that its own needs do.
 */
#include "cli/sbom.h"

#include "base/map.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A path of the old root, and whose it is; SIZE_MAX: nobody's who is inside. */
struct place {
	const char *path;
	size_t part;
	UT_hash_handle hh;
};

struct edge {
	size_t from, to;
};

struct search {
	struct sbom *s;
	struct place *sources; /* without links */
	struct place *seen; /* as loaders name them */
	VEC(struct edge) edges;
	VEC(size_t) loads; /* the part of each of a map */
};

static struct place *find(struct place *table, const char *path)
{
	struct place *p;
	HASH_FIND_STR(table, path, p);
	return p;
}

static void add(struct arena *a, struct place **table, const char *path, size_t part)
{
	if (find(*table, path))
		return;
	struct place *p = arena_new_of(a, struct place);
	p->path = path;
	p->part = part;
	HASH_ADD_KEYPTR(hh, *table, p->path, strlen(p->path), p);
}

struct last {
	struct arena *arena;
	const char *path;
};

static int keep_last(void *ctx, const struct mkr_step *step, struct mkr_error *err)
{
	struct last *last = ctx;
	(void)err;
	last->path = arena_dup(last->arena, step->path);
	return 0;
}

static size_t part_of(struct search *find_in, const char *path)
{
	struct sbom *s = find_in->s;
	struct last last = { s->arena, NULL };
	struct place *p = path ? find(find_in->seen, path) : NULL;
	if (p || !path)
		return p ? p->part : SIZE_MAX;
	if (mkr_root_walk(mkr_closure_root(s->inv->closure), path, true, keep_last, &last, NULL) ==
			0 &&
		last.path)
		p = find(find_in->sources, last.path);
	size_t part = p ? p->part : SIZE_MAX;
	add(s->arena, &find_in->seen, path, part);
	return part;
}

static void need(struct search *f, size_t from, size_t to)
{
	if (from != SIZE_MAX && to != SIZE_MAX && from != to)
		vec_push(&f->edges, ((struct edge){ from, to }));
}

static void read_map(struct search *f, const struct mkr_map *map)
{
	f->loads.n = 0;
	for (size_t i = 0; i < map->n; i++) {
		size_t part = part_of(f, map->load[i].path);
		vec_push(&f->loads, part);
		if (part != SIZE_MAX)
			f->s->parts.at[part].mapped = true;
	}
	for (size_t i = 0; i < map->n; i++) {
		const struct mkr_load *l = &map->load[i];
		for (size_t k = 0; k < l->n_needs; k++)
			need(f, f->loads.at[i], f->loads.at[l->needs[k]]);
		if (l->by < map->n) /* what is opened or preloaded, too */
			need(f, f->loads.at[l->by], f->loads.at[i]);
	}
	if (map->n && map->interp)
		need(f, f->loads.at[0], part_of(f, map->interp));
}

static int compare(const void *x, const void *y)
{
	const struct edge *a = x, *b = y;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return (a->to > b->to) - (a->to < b->to);
}

static void hand_over(struct search *f)
{
	struct sbom *s = f->s;
	if (f->edges.n == 0)
		return;
	qsort(f->edges.at, f->edges.n, sizeof(*f->edges.at), compare);
	size_t *needs = arena_array(s->arena, size_t, f->edges.n);
	for (size_t i = 0, n = 0; i < f->edges.n; i++) {
		const struct edge *e = &f->edges.at[i];
		struct sbom_part *part = &s->parts.at[e->from];
		if (i && compare(e, e - 1) == 0)
			continue;
		if (part->n_needs++ == 0)
			part->needs = &needs[n];
		needs[n++] = e->to;
	}
}

void sbom_find_needs(struct sbom *s)
{
	const struct inventory *inv = s->inv;
	struct search f = { .s = s };
	for (size_t i = 0; i < inv->n; i++) {
		const struct mkr_entry *e = &inv->entries[i];
		if (s->part_of[i] != SIZE_MAX && e->source && S_ISREG(e->mode))
			add(s->arena, &f.sources, e->source, s->part_of[i]);
	}
	size_t n;
	const struct mkr_map *const *map = mkr_closure_maps(inv->closure, &n);
	for (size_t i = 0; i < n; i++)
		read_map(&f, map[i]);
	hand_over(&f);
	HASH_CLEAR(hh, f.sources);
	HASH_CLEAR(hh, f.seen);
	vec_free(&f.edges);
	vec_free(&f.loads);
}
