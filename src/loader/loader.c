/* One loader for any number of programs: finds the libc that a program belongs to, then its map. */
#include <mkroot/loader.h>

#include "elf/machine.h"
#include "loader/explain.h"
#include "loader/map.h"
#include "loader/new_cache.h"
#include "os/root.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

static struct libc *libc_of(
	struct mkr_loader *ld, const char *interp, const struct mkr_elf *program)
{
	for (struct libc *c = ld->libcs; c; c = c->next)
		if (strcmp(c->interp, interp) == 0)
			return c;
	size_t i = 0;
	while (!flavours[i]->claims(interp))
		i++;
	struct libc *c = flavours[i]->open(&ld->reg, &ld->search, interp, program);
	c->flavour = flavours[i];
	c->interp = arena_dup(ld->reg.arena, interp);
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

int mkr_loader_map(struct mkr_loader *ld, const char *program, const struct mkr_map **out,
	struct mkr_error *err)
{
	program = arena_dup(ld->reg.arena, program);
	const struct place *place = registry_place(&ld->reg, program);
	int r = check_program(place, program, err);
	if (r < 0)
		return r;
	const struct mkr_elf *elf = place->file->elf;
	/* Without an interpreter nobody reads the DT_NEEDED of something that is run. */
	bool asks = elf->dynamic && !(elf->flags_1 & DF_1_PIE) && elf->type == ET_DYN;
	if (!elf->interp && (!asks || elf->n_requests == 0)) {
		*out = map_static(&ld->reg, program, place->file);
		return 0;
	}
	const char *interp = elf->interp ? elf->interp : default_interp(ld, elf);
	struct process p = {
		.reg = &ld->reg, .search = &ld->search, .program = elf, .number = ++ld->processes
	};
	/* A relative interpreter is relative to the working directory, as execve(2) takes it. */
	p.libc = libc_of(ld, process_absolute(&p, interp), elf);
	return map_program(&p, program, place->file, out, err);
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
	const struct libc *libc = ld->libcs;
	while (libc && libc->flavour->name != map->libc)
		libc = libc->next;
	*looked_in = libc
		? libc->flavour->describe(&ld->reg, libc, &ld->search, map, &map->load[l->by])
		: "";
	*exists = explain_find(&ld->reg, map, l->name);
}

const struct mkr_new_cache *mkr_loader_new_caches(
	struct mkr_loader *ld, const struct mkr_new_root *to, size_t *ret_n)
{
	return new_caches_make(&ld->reg, ld->libcs, to, ret_n);
}
