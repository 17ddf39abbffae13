#include "cli/chains.h"

#include "base/str.h"
#include "base/vec.h"

#include <string.h>

static bool path_matches(const char *path, const struct wanted *w)
{
	return strcmp(w->is_path ? path : base_name(path), w->text) == 0;
}

bool chain_matches(const struct mkr_map *map, size_t load, const struct wanted *w)
{
	const struct mkr_load *l = &map->load[load];
	if (strcmp(l->name, w->text) == 0 || (l->where && path_matches(l->where, w)))
		return true;
	if (!l->path)
		return false;
	if (path_matches(l->path, w) || (w->elf && w->elf == l->elf))
		return true;
	if (!w->is_path && l->elf->soname && strcmp(l->elf->soname, w->text) == 0)
		return true;
	for (size_t i = 0; i < map->n_alias; i++)
		if (map->alias[i].load == load && path_matches(map->alias[i].path, w))
			return true;
	return false;
}

/* From the program to `asker` the way it was loaded, which is the shortest, then the file. */
static struct chain make_chain(
	struct arena *a, const struct mkr_map *map, size_t asker, size_t wanted)
{
	size_t n = 2;
	for (size_t i = asker; map->load[i].by != i; i = map->load[i].by)
		n++;
	size_t *at = arena_array(a, size_t, n);
	at[n - 1] = wanted;
	for (size_t i = asker, k = n - 1; k > 0; i = map->load[i].by)
		at[--k] = i;
	return (struct chain){ at, n };
}

size_t chains_find(struct arena *a, const struct mkr_map *map, const struct wanted *w,
	const struct chain **out)
{
	VEC(struct chain) v = { 0 };
	/* Two requests of one object for one name that fails are two loads. */
	size_t *asked = arena_array(a, size_t, map->n);
	for (size_t t = 1; t < map->n; t++) {
		if (!chain_matches(map, t, w))
			continue;
		size_t before = v.n;
		for (size_t i = 0; i < map->n; i++) {
			bool needs = false;
			for (size_t k = 0; k < map->load[i].n_needs && !needs; k++)
				needs = map->load[i].needs[k] == t;
			if (!needs || i == t || asked[i] == t)
				continue;
			asked[i] = t;
			vec_push(&v, make_chain(a, map, i, t));
		}
		if (v.n == before)
			vec_push(&v, make_chain(a, map, map->load[t].by, t)); /* preloaded */
	}
	const struct chain *kept = NULL;
	if (v.n) {
		struct chain *copy = arena_array(a, struct chain, v.n);
		memcpy(copy, v.at, v.n * sizeof(*copy));
		kept = copy;
	}
	vec_free(&v);
	*out = kept;
	return v.n;
}
