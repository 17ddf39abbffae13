/* ELF files: the link maps of programs, and of the libraries that no program maps. */
#include "check/findings.h"

#include <errno.h>
#include <string.h>

static void provide(struct check *c, const char *name, const char *path)
{
	struct provided *p;
	size_t n = strlen(name);
	HASH_FIND(hh, c->provided, name, n, p);
	if (p)
		return;
	p = arena_new_of(c->arena, struct provided);
	p->name = name;
	p->path = path;
	HASH_ADD_KEYPTR(hh, c->provided, p->name, n, p);
}

static const char *provider(const struct check *c, const char *name)
{
	const struct provided *p;
	HASH_FIND(hh, c->provided, name, strlen(name), p);
	return p ? p->path : NULL;
}

static bool is_interp(const struct mkr_map *map, const struct mkr_load *l)
{
	return map->interp && strcmp(l->name, map->interp) == 0;
}

/* Where the search went wrong, when that can be told. */
static const char *missing_text(struct check *c, const struct mkr_map *map, size_t i)
{
	const char *looked_in, *exists, *name = map->load[i].name;
	const char *passed = mkr_loader_passed_over(c->loader, map, i);
	if (passed)
		return arena_printf(c->arena, "%s not found: %s", name, passed);
	mkr_loader_explain(c->loader, map, i, &looked_in, &exists);
	if (!exists)
		exists = provider(c, name);
	if (exists)
		return arena_printf(c->arena,
			"%s not found: %s exists, but the search does not lead there", name,
			exists);
	return arena_printf(c->arena, "%s not found", name);
}

static void check_absent(
	struct check *c, const struct mkr_map *map, size_t i, enum finding_kind missing)
{
	const struct mkr_load *l = &map->load[i];
	const char *asker = map->load[l->by].path;
	struct arena *a = c->arena;
	if (l->refused)
		finding_add(c, REFUSED_LIBRARY, asker, l->name, map->program,
			arena_printf(
				a, "%s would be refused: %s: %s", l->name, l->where, l->refused));
	else if (is_interp(map, l))
		finding_add(c, MISSING_INTERPRETER, map->program, l->name, NULL,
			arena_printf(a, "its interpreter %s does not exist", l->name));
	else
		finding_add(c, missing, asker, l->name, map->program, missing_text(c, map, i));
}

/* ld.so reads ld.so.cache, only ldconfig reads ld.so.conf. */
static void check_uncached(struct check *c, const struct mkr_map *map, const struct mkr_load *l)
{
	if (l->how == MKR_IN_CONF)
		finding_add(c, NOT_IN_CACHE, l->path, NULL, map->program,
			"its folder is named in ld.so.conf only, and there is no ld.so.cache: "
			"ldconfig -r would make one");
}

static void check_borrowed(struct check *c, const struct mkr_map *map)
{
	const struct mkr_borrowed *b;
	size_t n = mkr_loader_borrowed(c->loader, map, &b);
	for (size_t i = 0; i < n; i++) {
		const struct mkr_load *l = &map->load[b[i].load];
		finding_add(c, BORROWED_LIBRARY, map->load[b[i].by].path, l->name, map->program,
			arena_printf(c->arena,
				"its own search does not find %s: it works because %s loads %s",
				l->name, map->load[l->by].path, l->path));
	}
}

/* Symbol versions, and ISA levels where --hwcaps named one. */
static void check_versions(struct check *c, const struct mkr_map *map)
{
	const struct mkr_checks *checks;
	if (map->is_static || mkr_loader_check(c->loader, map, &checks, NULL) < 0)
		return;
	for (size_t i = 0; i < checks->n_complaints; i++) {
		const struct mkr_complaint *what = &checks->complaint[i];
		const char *of = map->load[what->load].path;
		if (!what->fatal)
			continue;
		if (what->by == SIZE_MAX)
			finding_add(c, MISSING_VERSION, of, what->text, map->program, what->text);
		else
			finding_add(c, MISSING_VERSION, map->load[what->by].path, what->text,
				map->program, arena_printf(c->arena, "%s in %s", what->text, of));
	}
}

/* Said once a loader, by whom it concerns in words of its own here: check_uncached(). */
static bool is_said(const char *warning)
{
	return strncmp(warning, "no ld.so.cache", 14) == 0;
}

static void check_map(struct check *c, const struct mkr_map *map, enum finding_kind missing)
{
	for (size_t i = 1; i < map->n; i++) {
		const struct mkr_load *l = &map->load[i];
		if (l->path)
			check_uncached(c, map, l);
		else if (!l->optional)
			check_absent(c, map, i, missing);
	}
	check_versions(c, map);
	for (const char *const *w = map->warnings; *w; w++)
		if (!is_said(*w))
			finding_add(c, LOADER_WARNING, map->program, *w, NULL, *w);
	check_borrowed(c, map);
}

/* A plug-in's program may have loaded what its own search does not lead to. */
static void check_alone(struct check *c, const struct mkr_map *map)
{
	enum finding_kind kind = UNMET_PLUGIN;
	for (size_t i = 1; i < map->n; i++) {
		const struct mkr_load *l = &map->load[i];
		if (!l->path && !l->optional && !l->refused && !provider(c, l->name))
			kind = MISSING_LIBRARY;
	}
	check_map(c, map, kind);
}

static void check_unmapped(struct check *c, const struct mkr_found *f, int code, const char *why)
{
	if (code == -ENOENT)
		return; /* it went away */
	if (code == -EACCES || code == -EIO) {
		c->n_unread++;
		finding_add(c, UNREAD, f->path, NULL, NULL, why);
	} else if (strncmp(f->path, "/usr/lib/debug/", 15) != 0) {
		/* Debugging symbols apart from their program look like a broken one. */
		finding_add(c, BROKEN_FILE, f->path, NULL, NULL, why);
	}
}

/* The first pass: all maps are made, programs are checked. */
static const struct mkr_map *check_one(struct check *c, const struct mkr_found *f)
{
	const struct mkr_map *map;
	struct mkr_error err;
	int r = mkr_loader_map(c->loader, f->path, &map, &err);
	if (r < 0) {
		check_unmapped(c, f, r, err.text);
		return NULL;
	}
	const struct mkr_elf *elf = map->load[0].elf;
	check_lists(c, f, elf);
	check_level(c, f, &map->load[0]);
	if (!mkr_elf_is_program(elf)) {
		c->n_libraries++;
		provide(c, strrchr(f->path, '/') + 1, f->path);
		if (elf->soname)
			provide(c, elf->soname, f->path);
		return map;
	}
	c->n_programs++;
	for (size_t i = 0; i < map->n; i++)
		if (map->load[i].elf)
			member_add(c, &c->loaded, map->load[i].elf);
	return map;
}

void check_objects(struct check *c, const struct mkr_survey *s)
{
	const struct mkr_map **map = arena_array(c->arena, const struct mkr_map *, s->n);
	for (size_t i = 0; i < s->n; i++)
		if (s->found[i].kind == MKR_FOUND_ELF)
			map[i] = check_one(c, &s->found[i]);
	/* Who loads what and what is provided is known now. */
	for (size_t i = 0; i < s->n; i++) {
		if (!map[i])
			continue;
		const struct mkr_elf *elf = map[i]->load[0].elf;
		if (mkr_elf_is_program(elf))
			check_map(c, map[i], MISSING_LIBRARY);
		else if (member_add(c, &c->loaded, elf))
			check_alone(c, map[i]);
	}
}
