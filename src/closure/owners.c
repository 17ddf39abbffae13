/* Whose the files are, by the package manager's database. */
#include "closure/internal.h"

#include "os/root.h"
#include "package/packages.h"
#include "rules/system.h"

#include <string.h>

struct owners {
	struct mkr_closure *c;
	struct mkr_origin **row; /* of each package, NULL: none of its files is there */
	const struct package **package; /* the same */
	struct mkr_origin *base;
	struct set *base_paths; /* without links */
	const char *first; /* of these: it gives the base its name */
};

static void add_base(struct owners *o, const char *path)
{
	const char *real = path ? root_real_path(o->c->root, o->c->arena, path) : NULL;
	if (!real)
		return;
	set_add(&o->base_paths, o->c->arena, real);
	o->first = o->first ? o->first : real;
}

/* The loader, and glibc's libc.so (libc.so.6.1: alpha, ia64); musl's is its loader. */
static void find_base(struct owners *o)
{
	for (size_t i = 0; i < o->c->maps.n; i++) {
		const struct mkr_map *map = o->c->maps.at[i];
		add_base(o, map->interp);
		for (size_t k = 0; k < map->n; k++) {
			const struct mkr_load *l = &map->load[k];
			const char *soname = l->elf ? l->elf->soname : NULL;
			if (soname && strncmp(soname, "libc.so.6", 9) == 0)
				add_base(o, l->path);
		}
	}
}

/* What system this is, is the same for all of its programs as well. */
static void find_system(struct owners *o)
{
	for (const char *const *file = system_files; *file; file++)
		add_base(o, *file);
}

static bool is_base(const struct owners *o, const char *path)
{
	struct set *there;
	HASH_FIND_STR(o->base_paths, path, there);
	return there;
}

static struct mkr_origin *row_of(struct owners *o, const struct package *p)
{
	if (!o->row[p->index]) {
		struct mkr_origin *row = arena_new_of(o->c->arena, struct mkr_origin);
		row->name = arena_dup(o->c->arena, p->name);
		o->row[p->index] = row;
		o->package[p->index] = p;
	}
	return o->row[p->index];
}

static const struct mkr_origin *owner_of(struct owners *o, const char *path)
{
	const char *absolute = arena_printf(o->c->arena, "/%s", path + strspn(path, "/"));
	const struct package *p = packages_owner(packages_of(o->c->packages), absolute);
	if (!is_base(o, absolute))
		return p ? row_of(o, p) : NULL;
	if (!o->base) {
		p = packages_owner(packages_of(o->c->packages), o->first);
		o->base = arena_new_of(o->c->arena, struct mkr_origin);
		o->base->name = arena_dup(o->c->arena, p ? p->name : "libc");
		o->base->base = true;
	}
	return o->base;
}

static void count_users(struct owners *o, size_t n)
{
	for (size_t a = 0; a < n; a++)
		for (size_t b = 0; b < n && o->row[a]; b++)
			if (a != b && o->row[b] &&
				packages_depends(
					packages_of(o->c->packages), o->package[a], o->package[b]))
				o->row[b]->users++;
}

struct mkr_packages *mkr_closure_packages(const struct mkr_closure *c)
{
	struct mkr_closure *own = (struct mkr_closure *)(uintptr_t)c;
	/* What makes no sense in there owns nothing. */
	if (!own->packages)
		mkr_packages_open(&own->packages, c->root, NULL);
	return own->packages;
}

void mkr_closure_forget_packages(const struct mkr_closure *c)
{
	struct mkr_closure *own = (struct mkr_closure *)(uintptr_t)c;
	mkr_packages_free(own->packages);
	own->packages = NULL;
}

bool mkr_closure_has_set(const struct mkr_closure *c, const char *set)
{
	return rules_on(c->rules, set);
}

void mkr_closure_owners(const struct mkr_closure *closure, const char *const *paths, size_t n,
	const struct mkr_origin **out)
{
	struct mkr_closure *c = (struct mkr_closure *)(uintptr_t)closure;
	size_t count = packages_count(packages_of(mkr_closure_packages(closure)));
	struct owners o = { .c = c };
	o.row = arena_array(c->arena, struct mkr_origin *, count + 1);
	o.package = arena_array(c->arena, const struct package *, count + 1);
	find_base(&o);
	if (mkr_closure_has_set(c, "packages"))
		find_system(&o);
	for (size_t i = 0; i < n; i++)
		out[i] = owner_of(&o, paths[i]);
	count_users(&o, count);
	set_clear(&o.base_paths);
}
