#include "loader/glibc.h"

#include "loader/explain.h"

#include <elf.h>

/* The list of an object with its tokens expanded, as "RPATH a:b". */
static const char *describe_list(struct registry *g, const struct glibc *c, const char *kind,
	const struct mkr_load *l, const char *list)
{
	struct dst dst = c->dst;
	dst.origin = arena_dup_str(g->arena, str_dir(str_from(l->path)));
	const char *text = dst_expand(g->arena, str_from(list), &dst);
	return arena_printf(g->arena, "%s %s", kind, text ? text : list);
}

const char *glibc_describe(struct registry *g, const struct libc *libc,
	const struct mkr_search *search, const struct mkr_map *map, const struct mkr_load *by)
{
	const struct glibc *c = (const struct glibc *)libc;
	struct arena *a = g->arena;
	const char *text = "";
	for (const struct mkr_load *l = by; !by->elf->runpath; l = &map->load[l->by]) {
		if (l->elf->rpath)
			text = explain_join(
				a, text, "; ", describe_list(g, c, "RPATH", l, l->elf->rpath));
		if (l == &map->load[l->by])
			break;
	}
	if (search->library_path && *search->library_path)
		text = explain_join(
			a, text, "; ", arena_printf(a, "LD_LIBRARY_PATH %s", search->library_path));
	if (by->elf->runpath)
		text = explain_join(
			a, text, "; ", describe_list(g, c, "RUNPATH", by, by->elf->runpath));
	if (c->how)
		text = explain_join(a, text, "; ",
			arena_printf(a, "%s (%zu entries)",
				c->how == MKR_IN_CACHE ? base_name(c->info.cache) : "ld.so.conf",
				c->table.cache.n_entries));
	const char *list = "";
	for (size_t i = 0; i < c->defaults.n && !(by->elf->flags_1 & DF_1_NODEFLIB); i++) {
		struct str dir = str_from(c->defaults.at[i].path);
		dir.n -= dir.n > 1;
		list = explain_join(a, list, ", ", arena_dup_str(a, dir));
	}
	return explain_join(a, text, "; ", list);
}
