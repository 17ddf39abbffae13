/* One loader for any number of programs: finds the libc that a program belongs to, then its map. */
#include <mkroot/loader.h>

#include "elf/machine.h"
#include "loader/again.h"
#include "loader/explain.h"
#include "loader/hwcaps.h"
#include "loader/map.h"
#include "loader/versions.h"
#include "loader/new_cache.h"
#include "os/root.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct mkr_loader {
	struct registry reg;
	struct mkr_search search;
	struct libc *libcs;
	unsigned processes; /* mapped so far */
};

/* The first that claims a loader has it. */
static const struct flavour *const flavours[] = { &flavour_musl, &flavour_glibc };

const char *mkr_how_name(enum mkr_how how)
{
	static const char *const names[] = {
		[MKR_MISSING] = "not found",
		[MKR_AS_PROGRAM] = "program",
		[MKR_AS_INTERP] = "interpreter",
		[MKR_AS_PATH] = "path",
		[MKR_IN_RPATH] = "RPATH",
		[MKR_IN_ENV] = "LD_LIBRARY_PATH",
		[MKR_IN_RUNPATH] = "RUNPATH",
		[MKR_IN_CACHE] = "ld.so.cache",
		[MKR_IN_CONF] = "ld.so.conf",
		[MKR_IN_DEFAULT] = "default",
		[MKR_PRELOADED] = "preload",
	};
	return names[how];
}

static const char *keep(struct arena *a, const char *text)
{
	return text ? arena_dup(a, text) : NULL;
}

int mkr_loader_new(struct mkr_loader **out, const struct mkr_root *root,
	const struct mkr_search *search, struct mkr_error *err)
{
	(void)err;
	struct mkr_loader *ld = calloc(1, sizeof(*ld));
	if (!ld)
		out_of_memory();
	registry_init(&ld->reg, root);
	struct arena *a = ld->reg.arena;
	if (search)
		ld->search = (struct mkr_search){ .library_path = keep(a, search->library_path),
			.preload = keep(a, search->preload),
			.root_preload = search->root_preload,
			.set_id = search->set_id,
			.hwcaps = keep(a, search->hwcaps),
			.cwd = keep(a, search->cwd) };
	*out = ld;
	return 0;
}

void mkr_loader_free(struct mkr_loader *ld)
{
	if (!ld)
		return;
	registry_done(&ld->reg);
	free(ld);
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static struct libc *libc_of(struct mkr_loader *ld, const char *interp,
	const struct mkr_elf *program, const char *hwcaps)
{
	const struct libc *twin = NULL;
	for (struct libc *c = ld->libcs; c; c = c->next) {
		if (strcmp(c->interp, interp) != 0)
			continue;
		if (same_text(c->hwcaps, hwcaps))
			return c;
		twin = c;
	}
	struct mkr_search *search = arena_new_of(ld->reg.arena, struct mkr_search);
	*search = ld->search;
	if (hwcaps)
		search->hwcaps = hwcaps;
	size_t i = 0;
	while (!flavours[i]->claims(interp))
		i++;
	struct libc *c = flavours[i]->open(&ld->reg, search, interp, program, twin);
	c->flavour = flavours[i];
	c->interp = arena_dup(ld->reg.arena, interp);
	c->hwcaps = keep(ld->reg.arena, hwcaps);
	c->next = ld->libcs;
	ld->libcs = c;
	return c;
}

/* A library names no interpreter: that of its machine, or musl's where it asks for musl's libc. */
static const char *default_interp(struct mkr_loader *ld, const struct mkr_elf *elf)
{
	struct arena *a = ld->reg.arena;
	const struct machine *m = machine_of(elf);
	for (size_t i = 0; i < elf->n_requests; i++) {
		const char *name = elf->requests[i].name;
		if (strncmp(name, "libc.musl-", 10) == 0) {
			struct str arch = str_from(name + 10);
			if (str_ends(arch, STR(".so.1")))
				arch.n -= 5;
			return arena_printf(a, "/lib/ld-musl-%.*s.so.1", (int)arch.n, arch.p);
		}
	}
	return m ? m->interp : "/lib/ld.so.1";
}

/* The libc whose rules hold for p->program. */
static struct libc *libc_of_process(struct mkr_loader *ld, struct process *p, const char *hwcaps)
{
	const char *interp = p->program->interp;
	if (!interp)
		interp = default_interp(ld, p->program);
	/* A relative interpreter is relative to the working directory, as execve(2) takes it. */
	return libc_of(ld, process_absolute(p, interp), p->program, hwcaps);
}

/* Why the kernel or ldd would not take the file as what a map is made for. */
static int check_program(const struct place *place, const char *program, struct mkr_error *err)
{
	if (place->code)
		return mkr_fail(err, place->code, "cannot open '%s'", program);
	const struct file *f = place->file;
	if (!f->elf)
		return mkr_failx(err, f->code, "'%s' %s%s", program,
			f->code == -EISDIR || f->code == -EINVAL ? "" : "cannot be loaded: ",
			f->why);
	const char *why = f->elf->bad_ident ? f->elf->bad_ident : f->elf->malformed;
	if (why)
		return mkr_failx(err, -EBADMSG, "'%s' cannot be loaded: %s", program, why);
	return 0;
}

static int map_as(struct mkr_loader *ld, const char *program, const char *hwcaps,
	const struct mkr_opening *opening, const struct mkr_map **out, struct mkr_error *err)
{
	program = arena_dup(ld->reg.arena, program);
	const struct place *place = registry_place(&ld->reg, program);
	int r = check_program(place, program, err);
	if (r < 0)
		return r;
	const struct mkr_elf *elf = place->file->elf;
	/* Without an interpreter nobody reads the DT_NEEDED of something that is run. */
	bool asks = elf->dynamic && !(elf->flags_1 & DF_1_PIE) && elf->type == ET_DYN;
	if (!elf->interp && !opening && (!asks || elf->n_requests == 0)) {
		*out = map_static(&ld->reg, program, place->file);
		return 0;
	}
	struct process p = { .reg = &ld->reg,
		.search = &ld->search,
		.program = elf,
		.number = ++ld->processes,
		.secure = ld->search.set_id && elf->interp &&
			(place->file->mode & (S_ISUID | S_ISGID)),
		.opening = opening };
	p.libc = libc_of_process(ld, &p, hwcaps);
	return map_program(&p, program, place->file, out, err);
}

int mkr_loader_map(struct mkr_loader *ld, const char *program, const struct mkr_map **out,
	struct mkr_error *err)
{
	return map_as(ld, program, NULL, NULL, out, err);
}

int mkr_loader_map_level(struct mkr_loader *ld, const char *program, const char *level,
	const struct mkr_map **out, struct mkr_error *err)
{
	return map_as(ld, program, level, NULL, out, err);
}

int mkr_loader_dlopen(struct mkr_loader *ld, const struct mkr_map *map, size_t by, const char *name,
	bool alone, const struct mkr_map **out, struct mkr_error *err)
{
	enum { OPENINGS_MAX = 64 };
	struct arena *a = ld->reg.arena;
	size_t n = 0;
	for (const struct mkr_opening *o = map->opening; o; o = o->before)
		if (++n == OPENINGS_MAX)
			return mkr_failx(err, -ELOOP,
				"'%s' opens libraries that open libraries, %d deep", map->program,
				OPENINGS_MAX);
	struct mkr_opening *o = arena_new_of(a, struct mkr_opening);
	*o = (struct mkr_opening){ .name = arena_dup(a, name),
		.by = by == SIZE_MAX ? NULL : map->load[by].path,
		.alone = alone,
		.before = map->opening };
	return map_as(ld, map->program, map->hwcaps, o, out, err);
}

const char *const *mkr_loader_levels(
	struct mkr_loader *ld, const struct mkr_map *map, const char *which)
{
	const struct machine *m = machine_of(map->load[0].elf);
	if (!which || strcmp(which, "all") == 0)
		return hwcaps_levels(m);
	return hwcaps_make(ld->reg.arena, m, which, 0).levels;
}

const struct mkr_elf_detail *mkr_loader_detail(
	struct mkr_loader *ld, const struct mkr_load *load, unsigned parts)
{
	return registry_detail(&ld->reg, load->path, parts);
}

int mkr_loader_check(struct mkr_loader *ld, const struct mkr_map *map,
	const struct mkr_checks **out, struct mkr_error *err)
{
	(void)err;
	*out = versions_check(&ld->reg, map, map->hwcaps ? map->hwcaps : ld->search.hwcaps);
	return 0;
}

/* The process of a map, to ask it more. */
static struct process again_process(struct mkr_loader *ld, const struct mkr_map *map)
{
	struct process p = { .reg = &ld->reg, .search = &ld->search, .program = map->load[0].elf };
	p.libc = libc_of_process(ld, &p, map->hwcaps);
	return p;
}

void mkr_loader_explain(struct mkr_loader *ld, const struct mkr_map *map, size_t load,
	const char **looked_in, const char **exists)
{
	const struct mkr_load *l = &map->load[load];
	*exists = NULL;
	if (strchr(l->name, '/')) {
		*looked_in = "that path alone: a name with a slash is not searched for";
		*exists = explain_find(&ld->reg, map, base_name(l->name));
		return;
	}
	struct process p = again_process(ld, map);
	*looked_in =
		p.libc->flavour->describe(&ld->reg, p.libc, &ld->search, map, &map->load[l->by]);
	*exists = explain_find(&ld->reg, map, l->name);
}

const char *mkr_loader_passed_over(struct mkr_loader *ld, const struct mkr_map *map, size_t load)
{
	struct process p = again_process(ld, map);
	return again_passed_over(&p, map, load);
}

size_t mkr_loader_borrowed(
	struct mkr_loader *ld, const struct mkr_map *map, const struct mkr_borrowed **out)
{
	*out = NULL;
	if (map->is_static)
		return 0;
	struct process p = again_process(ld, map);
	return again_borrowed(&p, map, out);
}

const struct mkr_new_cache *mkr_loader_new_caches(
	struct mkr_loader *ld, const struct mkr_new_root *to, size_t *ret_n)
{
	return new_caches_make(&ld->reg, ld->libcs, to, ret_n);
}
