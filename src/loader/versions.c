#include "loader/versions.h"

#include "base/vec.h"
#include "loader/hwcaps.h"

#include <elf.h>
#include <stdint.h>
#include <string.h>

/* A name that loads go by. */
struct asked {
	size_t load;
	UT_hash_handle hh;
};

struct checker {
	struct registry *g;
	struct arena *temp; /* of asked */
	struct asked *asked;
	const struct mkr_map *map;
	VEC(struct mkr_version_check) versions;
	VEC(struct mkr_complaint) complaints;
	size_t n_fatal;
};

static void complain(struct checker *c, struct mkr_complaint what)
{
	c->n_fatal += what.fatal;
	vec_push(&c->complaints, what);
}

/* find_needed() of elf/rtld.c takes the last of a name, that of dl-version.c the first: there is
 * more than one only where the others are missing. */
static void add_name(struct checker *c, const char *text, size_t load)
{
	struct asked *a;
	size_t n = strlen(text);
	HASH_FIND(hh, c->asked, text, n, a);
	if (!a) {
		a = arena_new_of(c->temp, struct asked);
		a->load = load;
		HASH_ADD_KEYPTR(hh, c->asked, text, n, a);
	}
	const struct mkr_load *l = c->map->load;
	if (l[load].path ? !l[a->load].path || load > a->load : !l[a->load].path)
		a->load = load;
}

/* _dl_name_match_p(): a load goes by its path and by each name that somebody asked by; the
 * program's name is empty. */
static void collect_names(struct checker *c)
{
	for (size_t i = 0; i < c->map->n; i++) {
		const struct mkr_load *l = &c->map->load[i];
		if (i)
			add_name(c, l->name, i);
		if (i && l->path)
			add_name(c, l->path, i);
		/* The loader knows its own soname from the start. */
		if (l->how == MKR_AS_INTERP && l->elf && l->elf->soname)
			add_name(c, l->elf->soname, i);
		/* As many answers as requests, unless one was for the vDSO, which has no load. */
		if (!l->elf || l->n_needs != l->elf->n_requests)
			continue;
		for (size_t k = 0; k < l->n_needs; k++)
			if (l->needs[k])
				add_name(c, l->elf->requests[k].name, l->needs[k]);
	}
}

static size_t find_needed(const struct checker *c, const char *name)
{
	struct asked *a;
	HASH_FIND(hh, c->asked, name, strlen(name), a);
	return a ? a->load : SIZE_MAX;
}

static enum mkr_version_state look_up(
	const struct mkr_elf_detail *of, const struct mkr_version_need *need)
{
	if (!of->has_defines)
		return MKR_VERSION_UNKNOWN;
	for (const char *const *d = of->defines; *d; d++)
		if (strcmp(*d, need->version) == 0)
			return MKR_VERSION_FOUND;
	return need->weak ? MKR_VERSION_WEAK : MKR_VERSION_MISSING;
}

static void complain_of_version(struct checker *c, const struct mkr_version_check *v)
{
	struct mkr_complaint what = { .load = v->of,
		.by = v->by,
		.fatal = v->state == MKR_VERSION_MISSING,
		.text = "no version information available" };
	if (v->state != MKR_VERSION_UNKNOWN)
		what.text = arena_printf(c->g->arena, "%sversion `%s' not found",
			what.fatal ? "" : "weak ", v->need->version);
	complain(c, what);
}

/* DT_RELR is for loaders that say so by a version of libc.so.6 (elf/dl-version.c, since 2.36; older
 * ones would not even relocate it). */
static bool lacks_relr(const struct mkr_load *l, const struct mkr_elf_detail *d)
{
	bool needs_libc = false;
	if (!d->has_relr || !d->has_needs)
		return false;
	for (size_t i = 0; i < l->elf->n_requests; i++)
		needs_libc |= strncmp(l->elf->requests[i].name, "libc.so.", 8) == 0;
	for (size_t i = 0; i < d->n_needs; i++)
		if (strcmp(d->needs[i].version, "GLIBC_ABI_DT_RELR") == 0)
			return false;
	return needs_libc;
}

/* Also what check_isa() wants, for one look at the file. */
static const struct mkr_elf_detail *detail_of(const struct checker *c, const char *path)
{
	return registry_detail(c->g, path, MKR_DETAIL_VERSIONS | MKR_DETAIL_NOTES);
}

static void check_versions(struct checker *c, size_t by)
{
	const struct mkr_load *l = &c->map->load[by];
	const struct mkr_elf_detail *d = detail_of(c, l->path), *library = NULL;
	const char *file = NULL;
	size_t of = SIZE_MAX;
	for (size_t i = 0; i < d->n_needs; i++) {
		struct mkr_version_check v = { .by = by, .need = &d->needs[i] };
		/* Those of one library share its name's copy. */
		if (d->needs[i].file != file) {
			of = find_needed(c, d->needs[i].file);
			const char *path = of == SIZE_MAX ? NULL : c->map->load[of].path;
			library = path ? detail_of(c, path) : NULL;
		}
		file = d->needs[i].file;
		v.of = of;
		v.state = library ? look_up(library, v.need) : MKR_VERSION_NO_FILE;
		vec_push(&c->versions, v);
		if (v.state != MKR_VERSION_FOUND && v.state != MKR_VERSION_NO_FILE)
			complain_of_version(c, &v);
	}
	if (d->bad_versions)
		complain(c, (struct mkr_complaint){ by, d->bad_versions, SIZE_MAX, true });
	if (lacks_relr(l, d))
		complain(c,
			(struct mkr_complaint){ by, "DT_RELR without GLIBC_ABI_DT_RELR dependency",
				SIZE_MAX, true });
}

/* GNU_PROPERTY_X86_ISA_1_*: bit 0 is the baseline, each level brings those below it along. */
static const struct {
	const char *level;
	uint32_t bit;
} isa_levels[] = { { "x86-64-v2", 2 }, { "x86-64-v3", 4 }, { "x86-64-v4", 8 } };

/* The bits that a machine with this level of glibc-hwcaps has. */
static uint32_t isa_of(const char *level)
{
	uint32_t bits = 1;
	for (size_t i = 0; level && i < sizeof(isa_levels) / sizeof(*isa_levels); i++) {
		bits |= isa_levels[i].bit;
		if (strcmp(isa_levels[i].level, level) == 0)
			return bits;
	}
	return 1;
}

static void check_isa(struct checker *c, const char *hwcaps)
{
	const struct mkr_map *map = c->map;
	bool host = !hwcaps || strcmp(hwcaps, "host") == 0;
	if ((host && !mkr_root_is_host(c->g->root)) || (hwcaps && strcmp(hwcaps, "none") == 0))
		return;
	if (map->load[0].elf->machine != EM_X86_64)
		return;
	const struct machine *m = machine_of(map->load[0].elf);
	uint32_t have = 0;
	for (size_t i = 0; i < map->n; i++) {
		const struct mkr_load *l = &map->load[i];
		if (!l->path || l->how == MKR_AS_INTERP)
			continue;
		uint32_t needed = detail_of(c, l->path)->x86_isa_needed;
		if (!needed)
			continue;
		/* CPUID is slow in a virtual machine: asked when it is needed. */
		if (!have)
			have = isa_of(hwcaps_make(c->g->arena, m, hwcaps, 0).levels[0]);
		if ((needed & have) != needed)
			complain(c,
				(struct mkr_complaint){ i, "CPU ISA level is lower than required",
					SIZE_MAX, true });
	}
}

/* All versions, and what there is to complain of in them. */
static void check_all_versions(struct checker *c, struct mkr_checks *out)
{
	c->temp = arena_new();
	collect_names(c);
	for (size_t i = 0; i < c->map->n; i++)
		if (c->map->load[i].path)
			check_versions(c, i);
	struct mkr_version_check *version =
		arena_array(c->g->arena, struct mkr_version_check, c->versions.n);
	if (c->versions.n)
		memcpy(version, c->versions.at, c->versions.n * sizeof(*version));
	out->version = version;
	out->n_versions = c->versions.n;
	HASH_CLEAR(hh, c->asked);
	arena_free(c->temp);
	vec_free(&c->versions);
}

static void keep_complaints(struct checker *c, struct mkr_checks *out)
{
	struct mkr_complaint *complaint =
		arena_array(c->g->arena, struct mkr_complaint, c->complaints.n);
	if (c->complaints.n)
		memcpy(complaint, c->complaints.at, c->complaints.n * sizeof(*complaint));
	out->complaint = complaint;
	out->n_complaints = c->complaints.n;
	out->n_fatal = c->n_fatal;
}

const struct mkr_checks *versions_check(
	struct registry *g, const struct mkr_map *map, const char *hwcaps)
{
	struct checker c = { .g = g, .map = map };
	struct mkr_checks *out = arena_new_of(g->arena, struct mkr_checks);
	if (map->libc && strcmp(map->libc, "glibc") != 0)
		return out;
	/* On most programs the levels of hwcaps change nothing but what the CPU must have. */
	if (g->checked == map->load) {
		*out = *g->versions;
		for (size_t i = 0; i < out->n_complaints; i++)
			complain(&c, out->complaint[i]);
	} else {
		struct mkr_checks *versions = arena_new_of(g->arena, struct mkr_checks);
		check_all_versions(&c, versions);
		keep_complaints(&c, versions);
		*out = *versions;
		g->checked = map->load;
		g->versions = versions;
	}
	check_isa(&c, hwcaps);
	keep_complaints(&c, out);
	vec_free(&c.complaints);
	return out;
}
