#include "cli/sbom.h"

#include "base/base64.h"
#include "base/cleanup.h"
#include "base/escape.h"
#include "base/hex.h"
#include "base/map.h"
#include "cli/purl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A package, by its address: the database has each once. */
struct owner {
	const struct mkr_package *package;
	const char *ref;
	UT_hash_handle hh;
};

static bool is_asked(const struct mkr_entry *e)
{
	return e->why == MKR_WHY_PROGRAM || e->why == MKR_WHY_INCLUDE || e->why == MKR_WHY_TRACE;
}

/* Does the entry tell that its package is inside? A link alone does not. */
static const struct mkr_package *package_of(const struct inventory *inv, size_t i)
{
	return S_ISREG(inv->entries[i].mode) ? inv->facts[i].owner : NULL;
}

static struct owner *find_owner(struct owner *table, const struct mkr_package *p)
{
	struct owner *o;
	HASH_FIND_PTR(table, &p, o);
	return o;
}

static void find_owners(struct sbom *s, struct owner **table)
{
	for (size_t i = 0; i < s->inv->n; i++) {
		const struct mkr_package *p = package_of(s->inv, i);
		if (!p || find_owner(*table, p))
			continue;
		bool base = s->inv->facts[i].in_base;
		enum mkr_package_format format =
			mkr_packages_format(base ? s->inv->base_packages : s->inv->packages);
		struct owner *o = arena_new_of(s->arena, struct owner);
		o->package = p;
		struct sbom_part part = { .package = p };
		part.ref = purl_of(
			s->arena, p, format, base ? &s->base_os : &s->root_os, &part.has_url);
		if (!part.has_url)
			part.ref = arena_printf(s->arena, "package:%s", part.ref + strlen("pkg:"));
		o->ref = part.ref;
		HASH_ADD_PTR(*table, package, o);
		vec_push(&s->parts, part);
	}
}

static int by_ref(const void *x, const void *y)
{
	const struct sbom_part *a = x, *b = y;
	return strcmp(a->ref, b->ref);
}

/* What two have the same name, version and machine are one. */
static void sort_packages(struct sbom *s)
{
	size_t n = 0;
	if (s->parts.n)
		qsort(s->parts.at, s->parts.n, sizeof(*s->parts.at), by_ref);
	for (size_t i = 0; i < s->parts.n; i++)
		if (n == 0 || by_ref(&s->parts.at[n - 1], &s->parts.at[i]) != 0)
			s->parts.at[n++] = s->parts.at[i];
	s->parts.n = s->n_packages = n;
}

static void add_packages(struct sbom *s)
{
	struct owner *table = NULL;
	find_owners(s, &table);
	sort_packages(s);
	for (size_t i = 0; i < s->inv->n; i++) {
		const struct mkr_package *p = package_of(s->inv, i);
		if (!p)
			continue;
		const struct sbom_part wanted = { .ref = find_owner(table, p)->ref };
		const struct sbom_part *found =
			bsearch(&wanted, s->parts.at, s->n_packages, sizeof(*s->parts.at), by_ref);
		s->part_of[i] = (size_t)(found - s->parts.at);
	}
	HASH_CLEAR(hh, table);
}

static void add_files(struct sbom *s)
{
	const struct inventory *inv = s->inv;
	for (size_t i = 0; i < inv->n; i++) {
		if (inv->facts[i].owner || !S_ISREG(inv->entries[i].mode))
			continue;
		const char *path = purl_encode(s->arena, inv->entries[i].path, "/");
		struct sbom_part part = { .ref = arena_printf(s->arena, "file:/%s", path),
			.entry = i };
		s->part_of[i] = s->parts.n;
		vec_push(&s->parts, part);
	}
}

static void add_text(struct uuid *u, const char *text)
{
	text = text ? text : "";
	uuid_add(u, text, strlen(text) + 1);
}

static void add_entry(struct uuid *u, const struct inventory *inv, size_t i)
{
	const struct mkr_entry *e = &inv->entries[i];
	const struct fact *f = &inv->facts[i];
	const uint32_t numbers[] = { e->mode, e->uid, e->gid, e->dev_major, e->dev_minor };
	char text[96];
	snprintf(text, sizeof(text), "%o %u %u %u %u %d", numbers[0], numbers[1], numbers[2],
		numbers[3], numbers[4], f->hashed);
	add_text(u, e->path);
	add_text(u, text);
	add_text(u, e->target);
	if (f->hashed)
		uuid_add(u, f->digests.sha256, sizeof(f->digests.sha256));
}

static void add_part_facts(struct uuid *u, const struct sbom_part *part)
{
	char text[32];
	add_text(u, part->ref);
	add_text(u, part->package ? part->package->license : NULL);
	add_text(u, part->package ? part->package->maintainer : NULL);
	add_text(u, part->package ? part->package->source : NULL);
	add_text(u, part->package ? part->package->source_version : NULL);
	add_text(u, part->asked ? "asked" : NULL);
	for (size_t i = 0; i < part->n_needs; i++) {
		snprintf(text, sizeof(text), "%zu", part->needs[i]);
		add_text(u, text);
	}
}

/* What differs in any of this is another root, or another document. */
static void identify(struct sbom *s)
{
	struct uuid u;
	uuid_begin(&u);
	add_text(&u, "urn:mkroot:sbom:" MKROOT_VERSION);
	add_text(&u, s->created);
	add_text(&u, s->os.id);
	add_text(&u, s->os.version_id);
	add_text(&u, s->os.name);
	for (size_t i = 0; i < s->inv->n; i++)
		add_entry(&u, s->inv, i);
	for (size_t i = 0; i < s->parts.n; i++)
		add_part_facts(&u, &s->parts.at[i]);
	uuid_end(&u, s->uuid);
}

static void find_asked(struct sbom *s)
{
	for (size_t i = 0; i < s->inv->n; i++)
		if (s->part_of[i] != SIZE_MAX && is_asked(&s->inv->entries[i]))
			s->parts.at[s->part_of[i]].asked = true;
}

/* What is in the output says which system that is; a base without a name has none. */
static bool is_of_base(const struct inventory *inv)
{
	static const char *const files[] = { "etc/os-release", "usr/lib/os-release" };
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		const struct mkr_entry *e = mkr_entry_find(inv->entries, inv->n, files[i]);
		if (e && S_ISREG(e->mode))
			return inv->base && e->from == inv->base;
	}
	return inv->base;
}

static int read_systems(struct sbom *s, struct mkr_error *err)
{
	const struct inventory *inv = s->inv;
	int r = os_release_read(&s->root_os, s->arena, mkr_closure_root(inv->closure), err);
	if (r == 0 && inv->base)
		r = os_release_read(&s->base_os, s->arena, inv->base, err);
	s->os = is_of_base(inv) ? s->base_os : s->root_os;
	return r;
}

int sbom_new(struct sbom **out, const struct inventory *inv, struct mkr_error *err)
{
	struct sbom *s = arena_new_of(inv->arena, struct sbom);
	s->inv = inv;
	s->arena = inv->arena;
	s->part_of = arena_array(s->arena, size_t, inv->n + 1);
	for (size_t i = 0; i < inv->n; i++)
		s->part_of[i] = SIZE_MAX;
	int r = read_systems(s, err);
	if (r < 0)
		return r;
	time_text(s->created, inventory_time(inv));
	add_packages(s);
	add_files(s);
	find_asked(s);
	r = sbom_find_needs(s, err);
	if (r < 0) {
		sbom_free(s);
		return r;
	}
	identify(s);
	*out = s;
	return 0;
}

void sbom_free(struct sbom *s)
{
	vec_free(&s->parts);
}

const char *sbom_path(const struct sbom *s, const struct sbom_part *file)
{
	return arena_printf(s->arena, "/%s", s->inv->entries[file->entry].path);
}

const char *sbom_path_base64(const struct sbom *s, const struct sbom_part *file)
{
	const char *path = sbom_path(s, file);
	cleanup_free char *base64 = utf8_is_valid(path) ? NULL : base64_of(path);
	return base64 ? arena_dup(s->arena, base64) : NULL;
}

const struct fact *sbom_content(const struct sbom *s, const struct sbom_part *file)
{
	return inventory_content(s->inv, file->entry);
}

const char *sbom_build_id(const struct sbom *s, const struct sbom_part *file)
{
	const struct fact *f = sbom_content(s, file);
	if (!f->build_id)
		return NULL;
	char *text = arena_alloc(s->arena, 2 * f->build_id_size + 1);
	hex_digits(text, f->build_id, f->build_id_size);
	return text;
}
