#include "loader/loads.h"

#include <string.h>

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* Of a load found elsewhere it means nothing (struct mkr_load). */
static bool has_list(const struct mkr_load *l)
{
	return l->how == MKR_IN_RPATH || l->how == MKR_IN_RUNPATH || l->how == MKR_IN_ENV;
}

static bool same_load(const struct mkr_load *a, const struct mkr_load *b)
{
	return a->elf == b->elf && a->by == b->by && a->how == b->how &&
		a->before_program == b->before_program && a->optional == b->optional &&
		a->opened == b->opened && a->n_needs == b->n_needs && same_text(a->path, b->path) &&
		same_text(a->name, b->name) && same_text(a->refused, b->refused) &&
		same_text(a->where, b->where) && (!has_list(a) || same_text(a->list, b->list)) &&
		(a->n_needs == 0 ||
			memcmp(a->needs, b->needs, a->n_needs * sizeof(*a->needs)) == 0);
}

static bool is_last(const struct registry *g, const struct mkr_load *load, size_t n)
{
	if (g->n_last_loads != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!same_load(&g->last_loads[i], &load[i]))
			return false;
	return true;
}

const struct mkr_load *loads_keep(struct registry *g, const struct mkr_load *load, size_t n)
{
	if (is_last(g, load, n))
		return g->last_loads;
	struct mkr_load *kept = arena_array(g->arena, struct mkr_load, n);
	for (size_t i = 0; i < n; i++) {
		kept[i] = load[i];
		size_t *needs = arena_array(g->arena, size_t, load[i].n_needs);
		if (load[i].n_needs)
			memcpy(needs, load[i].needs, load[i].n_needs * sizeof(*needs));
		kept[i].needs = needs;
	}
	g->last_loads = kept;
	g->n_last_loads = n;
	return kept;
}
