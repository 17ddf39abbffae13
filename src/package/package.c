/* Packages by name, files by owner. */
#include "package/package.h"

#include "base/map.h"
#include "base/vec.h"
#include "package/db.h"
#include "package/diversions.h"
#include "package/sums.h"
#include "package/usr_merge.h"

#include <stdint.h>
#include <string.h>

enum { LIST_MAX = 32 << 20, SUMS_MAX = 8 << 20, FILES_MAX = 512 << 20 };

struct row {
	struct record r;
	bool read; /* its list of files */
	unsigned char *reach; /* a bit for each package it depends on, NULL: not known yet */
};

/* A name, or what a package provides. */
struct name {
	const char *text;
	size_t row;
	UT_hash_handle hh;
};

struct slot {
	uint32_t hash, row; /* row + 1; 0: free */
	uint32_t at; /* in the row's files, or DIVERTED and a diversion's number */
};

#define DIVERTED 0x80000000U

struct packages {
	const struct mkr_root *root;
	struct arena *arena;
	VEC(struct row) rows;
	struct name *names;
	struct slot *slots; /* NULL: no index yet */
	size_t n_slots, n_used;
	const struct package *last; /* an owner that was found without an index */
	struct db db;
	struct diversions *diversions;
	size_t next_warning;
	enum packages_format format;
	bool all; /* owners of documentation are known too */
	bool full; /* what is not read is warned of */
	struct arena *sums_arena;
	struct sums *sums; /* of one package, as they are asked for one after the other */
	const struct row *sums_of; /* NULL: of none yet */
};

static void add_name(struct packages *p, const char *text, size_t row)
{
	struct name *n;
	HASH_FIND_STR(p->names, text, n);
	if (n)
		return;
	n = arena_new_of(p->arena, struct name);
	n->text = text;
	n->row = row;
	HASH_ADD_KEYPTR(hh, p->names, n->text, strlen(n->text), n);
}

static void add_row(void *ctx, const struct record *r)
{
	struct packages *p = ctx;
	struct row row = { .r = *r, .read = !r->list };
	struct package *pkg = &row.r.package;
	pkg->index = p->rows.n;
	pkg->source = pkg->source ? pkg->source : pkg->name;
	pkg->source_version = pkg->source_version ? pkg->source_version : pkg->version;
	pkg->depends = pkg->depends ? pkg->depends : "";
	pkg->recommends = pkg->recommends ? pkg->recommends : "";
	pkg->suggests = pkg->suggests ? pkg->suggests : "";
	pkg->provides = pkg->provides ? pkg->provides : "";
	vec_push(&p->rows, row);
	add_name(p, pkg->name, pkg->index);
}

/* The first that knows of packages is the system's own. */
static void (*const readers[])(struct db *db) = { [PACKAGES_DPKG] = db_dpkg,
	[PACKAGES_RPM] = db_rpm,
	[PACKAGES_APK] = db_apk,
	[PACKAGES_PACMAN] = db_pacman };

struct packages *packages_open(const struct mkr_root *root)
{
	struct packages *p = calloc(1, sizeof(*p));
	if (!p)
		out_of_memory();
	p->root = root;
	p->arena = arena_new();
	p->db = (struct db){ .root = root, .arena = p->arena, .add = add_row, .ctx = p };
	for (size_t i = 1; p->rows.n == 0 && i < sizeof(readers) / sizeof(*readers); i++)
		readers[p->format = (enum packages_format)i](&p->db);
	if (p->rows.n == 0)
		p->format = PACKAGES_NONE;
	p->diversions = diversions_new(p->db.diversions.at, p->db.diversions.n);
	for (size_t i = 0; i < p->rows.n; i++) {
		struct str rest = str_from(p->rows.at[i].r.package.provides), word;
		while (str_split(&rest, " ", &word))
			if (word.n)
				add_name(p, arena_dup_str(p->arena, word), i);
	}
	return p;
}

void packages_free(struct packages *p)
{
	if (!p)
		return;
	HASH_CLEAR(hh, p->names);
	sums_free(p->sums);
	arena_free(p->sums_arena);
	vec_free(&p->rows);
	vec_free(&p->db.warnings);
	diversions_free(p->diversions);
	vec_free(&p->db.diversions);
	free(p->slots);
	arena_free(p->arena);
	free(p);
}

const char *packages_warning(struct packages *p)
{
	return p->next_warning < p->db.warnings.n ? p->db.warnings.at[p->next_warning++] : NULL;
}

enum packages_format packages_format(const struct packages *p)
{
	return p->format;
}

const char *packages_file(const struct packages *p)
{
	return p->db.file;
}

size_t packages_count(const struct packages *p)
{
	return p->rows.n;
}

const struct package *packages_at(const struct packages *p, size_t i)
{
	return &p->rows.at[i].r.package;
}

const struct package *packages_named(struct packages *p, const char *name)
{
	struct name *n;
	HASH_FIND_STR(p->names, name, n);
	if (!n && name[0] == '/') /* rpm's dependencies */
		return packages_owner(p, name);
	return n ? &p->rows.at[n->row].r.package : NULL;
}

static struct str files_of(struct packages *p, struct row *row)
{
	if (row->read)
		return row->r.files;
	row->read = true;
	if (arena_used(p->arena) < FILES_MAX)
		row->r.files = db_read(&p->db, row->r.list, LIST_MAX);
	else if (!p->full) {
		p->full = true;
		db_warn(&p->db, row->r.list, "and more are not read: the database is too big");
	}
	return row->r.files;
}

/* Also tells what line of the list it is. */
static bool next_line(struct packages *p, const struct package *pkg, size_t *at, struct str *path)
{
	struct str files = files_of(p, &p->rows.at[pkg->index]);
	while (*at < files.n) {
		struct str rest = str_skip(files, *at);
		*path = str_line(&rest);
		*at = files.n - rest.n;
		if (path->n > 1 && path->p[0] == '/' && !str_eq(*path, STR("/.")))
			return true;
	}
	return false;
}

bool packages_next_file(struct packages *p, const struct package *pkg, size_t *at, struct str *path)
{
	if (!next_line(p, pkg, at, path))
		return false;
	const struct diversion *d = diversions_from(p->diversions, pkg->name, *path);
	*path = d ? d->to : *path;
	return true;
}

/* Eight bytes a step: a system has 10 MB of paths. */
static uint32_t hash_of(struct str key)
{
	uint64_t h = key.n, word;
	while (key.n >= sizeof(word)) {
		memcpy(&word, key.p, sizeof(word));
		h = (h ^ word) * 0x9e3779b97f4a7c15U;
		h ^= h >> 32;
		key = str_skip(key, sizeof(word));
	}
	word = 0;
	if (key.n)
		memcpy(&word, key.p, key.n);
	h = (h ^ word) * 0x9e3779b97f4a7c15U;
	return (uint32_t)(h >> 32);
}

/* Half of all paths, which no program needs: their owners are not known. */
static bool is_documentation(struct str path)
{
	static const char *const below[] = { "/usr/share/doc/", "/usr/share/man/",
		"/usr/share/locale/", "/usr/include/" };
	for (size_t i = 0; i < sizeof(below) / sizeof(*below); i++)
		if (str_starts(path, str_from(below[i])))
			return true;
	return false;
}

void packages_know_all(struct packages *p)
{
	p->all = true;
}

static struct str path_in(struct packages *p, const struct slot *s)
{
	if (s->at & DIVERTED)
		return p->db.diversions.at[s->at & ~DIVERTED].to;
	struct str rest = str_skip(p->rows.at[s->row - 1].r.files, s->at);
	return str_line(&rest);
}

/* The slot of the key, or the free one where it would be. */
static struct slot *slot_of(struct packages *p, struct str key, uint32_t hash)
{
	size_t i = hash & (p->n_slots - 1);
	while (p->slots[i].row &&
		(p->slots[i].hash != hash || !str_eq(usr_merge_key(path_in(p, &p->slots[i])), key)))
		i = (i + 1) & (p->n_slots - 1);
	return &p->slots[i];
}

/* A folder: what it holds is the next line. */
static bool is_above_next(struct packages *p, size_t i, size_t at, struct str path)
{
	struct str next = str_skip(p->rows.at[i].r.files, at);
	return next.n > path.n && next.p[path.n] == '/' && str_starts(next, path);
}

static void index_row(struct packages *p, size_t i)
{
	struct str path;
	size_t at = 0;
	while (next_line(p, &p->rows.at[i].r.package, &at, &path)) {
		if ((!p->all && is_documentation(path)) || is_above_next(p, i, at, path))
			continue;
		const struct diversion *d =
			diversions_from(p->diversions, p->rows.at[i].r.package.name, path);
		size_t start = d ? (size_t)(d - p->db.diversions.at) | DIVERTED
				 : (size_t)(path.p - p->rows.at[i].r.files.p);
		struct str key = usr_merge_key(d ? d->to : path);
		uint32_t hash = hash_of(key);
		struct slot *s = slot_of(p, key, hash);
		if (!s->row && p->n_used++ < p->n_slots * 3 / 4)
			*s = (struct slot){ hash, (uint32_t)(i + 1), (uint32_t)start };
	}
}

static void index_files(struct packages *p)
{
	size_t bytes = 0;
	for (size_t i = 0; i < p->rows.n; i++)
		bytes += files_of(p, &p->rows.at[i]).n;
	/* Paths have some 80 bytes, and half of them are documentation. */
	for (p->n_slots = 1024; p->n_slots < bytes / (p->all ? 16 : 32);)
		p->n_slots *= 2;
	p->slots = calloc(p->n_slots, sizeof(*p->slots));
	if (!p->slots)
		out_of_memory();
	for (size_t i = 0; i < p->rows.n; i++)
		index_row(p, i);
}

bool packages_ships(struct packages *p, const struct package *pkg, const char *file)
{
	struct str key = usr_merge_key(str_from(file)), path;
	for (size_t at = 0; packages_next_file(p, pkg, &at, &path);)
		if (str_eq(usr_merge_key(path), key))
			return true;
	return false;
}

/* Where a list of sums lies: as the list of files, with another ending. */
static const char *sums_file(struct packages *p, const struct record *r)
{
	struct str list = str_from(r->list ? r->list : "");
	if (r->sums || !str_ends(list, STR(".list")))
		return r->sums;
	return arena_printf(p->arena, "%.*smd5sums", (int)(list.n - 4), list.p);
}

/* The name that the package has for it: where others have diverted it to, no list of sums says. */
static struct str own_path(const struct packages *p, const struct package *pkg, struct str path)
{
	const struct diversion *d = diversions_to(p->diversions, pkg->name, path);
	return d ? d->from : path;
}

static void read_sums(struct packages *p, const struct row *row)
{
	const char *file = sums_file(p, &row->r);
	sums_free(p->sums);
	arena_free(p->sums_arena);
	p->sums_arena = arena_new();
	p->sums = sums_read(file ? db_read_to(&p->db, p->sums_arena, file, SUMS_MAX) : STR(""));
	p->sums_of = row;
}

const char *packages_sum(struct packages *p, const struct package *pkg, const char *path)
{
	const struct row *row = &p->rows.at[pkg->index];
	if (p->sums_of != row)
		read_sums(p, row);
	return sums_find(p->sums, usr_merge_key(own_path(p, pkg, str_from(path))));
}

/* Debian Policy 8.1: libtinfo.so.6.4 is in libtinfo6, libgio-2.0.so.0 in libgio-2.0-0. */
static const char *library_package(struct arena *a, const char *path)
{
	const char *name = base_name(path), *so = strstr(name, ".so.");
	if (!so || so == name)
		return name;
	const char *major = so + strlen(".so.");
	bool digit = so[-1] >= '0' && so[-1] <= '9';
	return arena_printf(a, "%.*s%s%.*s", (int)(so - name), name, digit ? "-" : "",
		(int)strcspn(major, "."), major);
}

/* Reading all lists takes 20 ms where 1000 packages are: the likely owners are looked at first. */
static const struct package *guess_owner(struct packages *p, const char *path)
{
	if (p->last && packages_ships(p, p->last, path))
		return p->last;
	const struct package *named = packages_named(p, library_package(p->arena, path));
	return named && packages_ships(p, named, path) ? named : NULL;
}

const struct package *packages_owner(struct packages *p, const char *path)
{
	struct str key = usr_merge_key(str_from(path));
	if (p->rows.n == 0)
		return NULL;
	if (!p->slots) {
		const struct package *guess = guess_owner(p, path);
		if (guess)
			return p->last = guess;
		index_files(p);
	}
	const struct slot *s = slot_of(p, key, hash_of(key));
	return s->row ? &p->rows.at[s->row - 1].r.package : NULL;
}

bool package_lists(const char *list, const char *name)
{
	struct str rest = str_from(list), word, wanted = str_from(name);
	while (str_split(&rest, " ", &word))
		if (word.n && str_eq(word, wanted))
			return true;
	return false;
}

/* Breadth first; a package is queued once. */
static void reach(struct packages *p, struct row *from)
{
	VEC(size_t) queue = { 0 };
	from->reach = arena_alloc(p->arena, p->rows.n / 8 + 1);
	vec_push(&queue, from->r.package.index);
	for (size_t i = 0; i < queue.n; i++) {
		struct str rest = str_from(p->rows.at[queue.at[i]].r.package.depends), word;
		while (str_split(&rest, " ", &word)) {
			const struct package *d = packages_named(p, arena_dup_str(p->arena, word));
			if (!d || d->essential || from->reach[d->index / 8] & 1 << d->index % 8)
				continue;
			from->reach[d->index / 8] |= (unsigned char)(1 << d->index % 8);
			vec_push(&queue, d->index);
		}
	}
	vec_free(&queue);
}

bool packages_depends(struct packages *p, const struct package *a, const struct package *b)
{
	struct row *row = &p->rows.at[a->index];
	if (!row->reach)
		reach(p, row);
	return row->reach[b->index / 8] & 1 << b->index % 8;
}
