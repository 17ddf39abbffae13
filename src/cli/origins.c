#include "cli/origins.h"

#include "base/map.h"
#include "cli/real_path.h"

#include <string.h>

/* A file, by its path without links; and, in a table of their own, the paths that were looked up
 * already. */
struct origin {
	const char *path;
	const struct link_hop *hop;
	UT_hash_handle hh;
};

struct origins {
	struct arena *arena;
	const struct mkr_closure *closure;
	struct origin *files, *seen;
	int failed; /* -errno, as in err */
	struct mkr_error *err; /* while it is made */
};

static struct origin *find(struct origin *table, const char *path)
{
	struct origin *o;
	HASH_FIND(hh, table, path, strlen(path), o);
	return o;
}

static void add(
	struct origins *o, struct origin **table, const char *path, const struct link_hop *hop)
{
	struct origin *new = arena_new_of(o->arena, struct origin);
	new->path = path;
	new->hop = hop;
	HASH_ADD_KEYPTR(hh, *table, new->path, strlen(new->path), new);
}

/* `path` leads to a file that the hop is about: the first that says so is right. */
static void note(struct origins *o, const char *path, const struct link_hop *hop)
{
	const char *real;
	if (find(o->seen, path) || o->failed < 0)
		return;
	add(o, &o->seen, path, hop);
	o->failed = real_path(&real, o->arena, mkr_closure_root(o->closure), path, o->err);
	if (real && !find(o->files, real))
		add(o, &o->files, real, hop);
}

static struct link_hop hop_of(const struct mkr_load *l, const struct link_hop *by)
{
	return (struct link_hop){ l->path, l->name, mkr_how_name(l->how), by };
}

/* As `mkroot why` has its chains (chains.c): the way by which the first that asks for the file was
 * loaded itself, then the file. `way` is of the loads, the result too. */
static struct link_hop *last_hops(
	struct arena *a, const struct mkr_map *map, const struct link_hop *way)
{
	struct link_hop *last = arena_array(a, struct link_hop, map->n);
	for (size_t i = 0; i < map->n; i++) {
		const struct mkr_load *l = &map->load[i];
		for (size_t k = 0; k < l->n_needs; k++)
			if (l->needs[k] != i && !last[l->needs[k]].by)
				last[l->needs[k]] = hop_of(&map->load[l->needs[k]], &way[i]);
	}
	for (size_t i = 1; i < map->n; i++) /* preloaded, or opened */
		if (!last[i].by)
			last[i] = way[i];
	return last;
}

static void note_map(struct origins *o, const struct mkr_map *map)
{
	/* All at first, as who asked may stand behind what it asked for: a filtee does. */
	struct link_hop *way = arena_array(o->arena, struct link_hop, map->n);
	for (size_t i = 0; i < map->n; i++) {
		size_t by = map->load[i].by;
		way[i] = hop_of(&map->load[i], by == i ? NULL : &way[by]);
	}
	const struct link_hop *last = last_hops(o->arena, map, way);
	for (size_t i = 1; i < map->n; i++)
		if (map->load[i].path)
			note(o, map->load[i].path, &last[i]);
	for (size_t i = 0; i < map->n_alias; i++)
		if (map->alias[i].load > 0)
			note(o, map->alias[i].path, &last[map->alias[i].load]);
	if (!map->interp || map->interp_missing)
		return;
	/* PT_INTERP, where nothing in the map needs it: the kernel does. */
	struct link_hop *interp = arena_new_of(o->arena, struct link_hop);
	*interp =
		(struct link_hop){ map->interp, map->interp, mkr_how_name(MKR_AS_INTERP), &way[0] };
	note(o, map->interp, interp);
}

int origins_new(
	struct origins **out, struct arena *a, const struct mkr_closure *c, struct mkr_error *err)
{
	struct origins *o = arena_new_of(a, struct origins);
	*o = (struct origins){ .arena = a, .closure = c, .err = err };
	size_t n;
	const struct mkr_map *const *map = mkr_closure_maps(c, &n);
	for (size_t i = 0; i < n && o->failed == 0; i++)
		note_map(o, map[i]);
	if (o->failed < 0)
		origins_free(o);
	else
		*out = o;
	return o->failed;
}

void origins_free(struct origins *o)
{
	if (!o)
		return;
	HASH_CLEAR(hh, o->files);
	HASH_CLEAR(hh, o->seen);
}

const struct link_hop *origins_of(const struct origins *o, const struct mkr_entry *e)
{
	if (!S_ISREG(e->mode) || !e->source)
		return NULL;
	/* A copy in another place is what was asked for; no loader looked there. */
	if (e->why == MKR_WHY_INCLUDE && strcmp(e->path, e->source) != 0)
		return NULL;
	const struct origin *found = find(o->files, e->source);
	return found ? found->hop : NULL;
}
