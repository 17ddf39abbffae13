/* Who needs whom: the part that a file of a link map belongs to needs those that its own needs do.
 */
#include "base/map.h"
#include "cli/real_path.h"
#include "cli/sbom.h"

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
	int failed; /* -errno */
	struct mkr_error *err;
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

static size_t part_of(struct search *f, const char *path)
{
	const char *real;
	struct place *p = path ? find(f->seen, path) : NULL;
	if (p || !path || f->failed < 0)
		return p ? p->part : SIZE_MAX;
	const struct mkr_root *root = mkr_closure_root(f->s->inv->closure);
	f->failed = real_path(&real, f->s->arena, root, path, f->err);
	p = real ? find(f->sources, real) : NULL;
	size_t part = p ? p->part : SIZE_MAX;
	add(f->s->arena, &f->seen, path, part);
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

int sbom_find_needs(struct sbom *s, struct mkr_error *err)
{
	const struct inventory *inv = s->inv;
	struct search f = { .s = s, .err = err };
	for (size_t i = 0; i < inv->n; i++) {
		const struct mkr_entry *e = &inv->entries[i];
		if (s->part_of[i] != SIZE_MAX && e->source && S_ISREG(e->mode))
			add(s->arena, &f.sources, e->source, s->part_of[i]);
	}
	size_t n;
	const struct mkr_map *const *map = mkr_closure_maps(inv->closure, &n);
	for (size_t i = 0; i < n && f.failed == 0; i++)
		read_map(&f, map[i]);
	hand_over(&f);
	HASH_CLEAR(hh, f.sources);
	HASH_CLEAR(hh, f.seen);
	vec_free(&f.edges);
	vec_free(&f.loads);
	return f.failed;
}
