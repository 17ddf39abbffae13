#include "package/diversions.h"

#include "base/map.h"
#include "base/str.h"
#include "package/usr_merge.h"

enum { SIGNS = 1024 };

struct by_path {
	const struct diversion *row;
	UT_hash_handle hh;
};

struct table {
	struct by_path *rows;
	bool signs[SIGNS]; /* of the keys: few of a system's 200000 paths are worth a hash */
};

struct diversions {
	struct arena *arena;
	struct table from, to;
};

static size_t sign_of(struct str key)
{
	unsigned char middle = key.n ? (unsigned char)key.p[key.n / 2] : 0;
	unsigned char last = key.n ? (unsigned char)key.p[key.n - 1] : 0;
	return (key.n * 131 + (size_t)middle * 17 + last) % SIGNS;
}

static struct by_path *find(const struct table *t, struct str path)
{
	struct by_path *found;
	struct str key = usr_merge_key(path);
	if (!t->signs[sign_of(key)])
		return NULL;
	HASH_FIND(hh, t->rows, key.p, key.n, found);
	return found;
}

static void add(struct arena *a, struct table *t, struct str path, const struct diversion *row)
{
	struct str key = usr_merge_key(path);
	if (find(t, path))
		return;
	struct by_path *p = arena_new_of(a, struct by_path);
	p->row = row;
	t->signs[sign_of(key)] = true;
	HASH_ADD_KEYPTR(hh, t->rows, key.p, key.n, p);
}

struct diversions *diversions_new(const struct diversion *rows, size_t n)
{
	struct arena *arena = arena_new();
	struct diversions *d = arena_new_of(arena, struct diversions);
	d->arena = arena;
	for (size_t i = 0; i < n; i++) {
		add(arena, &d->from, rows[i].from, &rows[i]);
		add(arena, &d->to, rows[i].to, &rows[i]);
	}
	return d;
}

void diversions_free(struct diversions *d)
{
	if (!d)
		return;
	HASH_CLEAR(hh, d->from.rows);
	HASH_CLEAR(hh, d->to.rows);
	arena_free(d->arena);
}

/* Its own files are where they are. */
static const struct diversion *of(const struct table *t, const char *package, struct str path)
{
	const struct by_path *p = find(t, path);
	return p && !str_eq(p->row->by, str_from(package)) ? p->row : NULL;
}

const struct diversion *diversions_from(
	const struct diversions *d, const char *package, struct str path)
{
	return of(&d->from, package, path);
}

const struct diversion *diversions_to(
	const struct diversions *d, const char *package, struct str path)
{
	return of(&d->to, package, path);
}
