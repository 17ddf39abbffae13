#include "loader/new_cache.h"

#include "base/cleanup.h"
#include "base/set.h"
#include "base/vec.h"
#include "loader/ldcache_write.h"
#include "os/root.h"

#include <errno.h>
#include <string.h>

enum { TARGET_CACHE_MAX = 16 * 1024 * 1024 };

struct maker {
	struct registry *g;
	const struct mkr_new_root *to;
	VEC(struct ldcache_entry) entries;
	struct set *seen;
	bool needed;
};

/* Adds an entry whose file the new root has; false: it is there already. */
static bool add_entry(struct maker *m, const struct ldcache_entry *e)
{
	struct arena *a = m->g->arena;
	const char *level = e->level ? e->level : "";
	const char *key = arena_printf(a, "%x %llx %s %s %s", e->flags,
		(unsigned long long)e->hwcap, level, e->name, e->path);
	if (!set_add(&m->seen, a, key))
		return false;
	struct ldcache_entry own = *e;
	own.name = arena_dup(a, e->name);
	own.path = arena_dup(a, e->path);
	own.level = e->level ? arena_dup(a, e->level) : NULL;
	vec_push(&m->entries, own);
	return true;
}

/* What the loader finds for an entry's name in its built-in folders, links followed, or NULL. */
static const char *find_builtin(
	struct maker *m, const struct system_cache *table, const struct ldcache_entry *e)
{
	struct arena *a = m->g->arena;
	const char *hwcaps = e->level ? arena_printf(a, "glibc-hwcaps/%s/", e->level) : "";
	for (size_t i = 0; i < table->defaults.n; i++) {
		const char *path =
			arena_printf(a, "%s%s%s", table->defaults.at[i].path, hwcaps, e->name);
		const char *real = m->to->resolve(m->to->ctx, path);
		if (real)
			return real;
	}
	return NULL;
}

/* Without this entry the loader would find nothing for its name, or something else. */
static bool is_needed(struct maker *m, const struct system_cache *table,
	const struct ldcache_entry *e, const char *real)
{
	if (e->flags != table->abi.flags && e->flags != table->abi.flags_too)
		return false; /* another loader's, which speaks for itself */
	const char *name =
		arena_printf(m->g->arena, "%x %s %s", e->flags, e->level ? e->level : "", e->name);
	if (!set_add(&m->seen, m->g->arena, name))
		return false; /* not the first of its name: nobody is led to it */
	const char *builtin = find_builtin(m, table, e);
	return !builtin || strcmp(builtin, real) != 0;
}

static void add_table(struct maker *m, const struct system_cache *table)
{
	for (const struct env_hit *h = table->env_hits; h; h = h->next) {
		struct ldcache_entry e = {
			.name = h->name, .path = h->path, .flags = table->abi.flags
		};
		const char *real = m->to->resolve(m->to->ctx, e.path);
		if (!real)
			continue;
		add_entry(m, &e);
		m->needed |= is_needed(m, table, &e, real);
	}
	for (size_t i = 0; i < table->cache.n_entries; i++) {
		struct ldcache_entry e;
		if (!ldcache_entry(&table->cache, i, &e))
			continue;
		const char *real = m->to->resolve(m->to->ctx, e.path);
		if (!real)
			continue;
		add_entry(m, &e);
		m->needed |= is_needed(m, table, &e, real);
	}
}

static bool target_has(const struct maker *m, const char *path)
{
	struct stat st;
	cleanup_fd int fd = root_open_file(m->to->target, path, &st);
	return fd >= 0;
}

/* A folder that is added to keeps its own entries, as long as their files are there: behind those
 * of the new programs. */
static void add_target(struct maker *m, const struct system_cache *table)
{
	struct registry reg = { .root = m->to->target, .arena = m->g->arena };
	struct ldcache c;
	char *data;
	size_t n;
	if (!m->to->target || registry_read(&reg, table->path, TARGET_CACHE_MAX, &data, &n) < 0 ||
		!ldcache_open(&c, data, n, &table->abi))
		return;
	m->needed = true;
	for (size_t i = 0; i < c.n_entries; i++) {
		struct ldcache_entry e;
		if (ldcache_entry(&c, i, &e) &&
			(m->to->resolve(m->to->ctx, e.path) || target_has(m, e.path)))
			add_entry(m, &e);
	}
}

static const struct system_cache *table_of(const struct libc *libc)
{
	return libc->flavour->system_cache ? libc->flavour->system_cache(libc) : NULL;
}

/* The table for the loader `first` and all that read the same file. */
static void make_one(struct maker *m, const struct libc *first, struct mkr_new_cache *out)
{
	const struct system_cache *table = table_of(first);
	bool big = table->abi.big_endian;
	for (const struct libc *libc = first; libc; libc = libc->next) {
		const struct system_cache *other = table_of(libc);
		/* One file has one byte order: loaders of the other one cannot have theirs there.
		 */
		if (other && strcmp(other->path, table->path) == 0 && other->abi.big_endian == big)
			add_table(m, other);
	}
	add_target(m, table);
	*out = (struct mkr_new_cache){ .path = table->path, .needed = m->needed };
	out->data =
		ldcache_write(m->g->arena, m->entries.at, m->entries.n, big, "mkroot", &out->size);
	set_clear(&m->seen);
	vec_free(&m->entries);
}

static bool is_known(const struct mkr_new_cache *caches, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(caches[i].path, path) == 0)
			return true;
	return false;
}

const struct mkr_new_cache *new_caches_make(
	struct registry *g, const struct libc *libcs, const struct mkr_new_root *to, size_t *ret_n)
{
	size_t n = 0;
	for (const struct libc *libc = libcs; libc; libc = libc->next)
		n++;
	struct mkr_new_cache *caches = arena_array(g->arena, struct mkr_new_cache, n);
	*ret_n = 0;
	for (const struct libc *libc = libcs; libc; libc = libc->next) {
		const struct system_cache *table = table_of(libc);
		if (!table || is_known(caches, *ret_n, table->path))
			continue;
		struct maker m = { .g = g, .to = to };
		make_one(&m, libc, &caches[*ret_n]);
		if (caches[*ret_n].data)
			++*ret_n;
	}
	return caches;
}
