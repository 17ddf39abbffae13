#include "plan/rows.h"

#include "base/map.h"

#include <string.h>
#include <sys/stat.h>

/* The name that a file has its bytes under. */
struct holder {
	const struct mkr_entry *file;
	const char *path;
	UT_hash_handle hh;
};

const struct mkr_entry *row_file(
	const struct mkr_entry *e, const struct mkr_entry *entries, size_t n)
{
	if (!S_ISREG(e->mode))
		return NULL;
	size_t first = mkr_entry_first(entries, n, (size_t)(e - entries));
	return first < n ? &entries[first] : e;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct row *)a)->e.path, ((const struct row *)b)->e.path);
}

void rows_sort(row_vec *rows)
{
	if (rows->n)
		qsort(rows->at, rows->n, sizeof(*rows->at), by_path);
}

static struct row *find(const row_vec *rows, const char *path)
{
	struct row key = { .e = { .path = path } };
	return bsearch(&key, rows->at, rows->n, sizeof(key), by_path);
}

/* Marks what goes into the plan. */
static bool *choose(const row_vec *rows, struct arena *a, bool added)
{
	bool *in = arena_array(a, bool, rows->n + 1);
	const char *last = NULL; /* the folder whose own folders are in */
	for (size_t i = 0; i < rows->n; i++) {
		struct str dir = str_dir(str_from(rows->at[i].e.path));
		in[i] |= !added || rows->at[i].added;
		if (!in[i] || !added || (last && str_eq(dir, str_from(last))))
			continue;
		last = arena_dup_str(a, dir);
		for (; dir.n; dir = str_dir(dir)) {
			const struct row *row = find(rows, arena_dup_str(a, dir));
			if (row)
				in[row - rows->at] = true;
		}
	}
	return in;
}

static void share(
	struct mkr_entry *e, const struct mkr_entry *file, struct holder **holders, struct arena *a)
{
	struct holder *h;
	HASH_FIND_PTR(*holders, &file, h);
	if (h) {
		e->target = h->path;
		return;
	}
	h = arena_new_of(a, struct holder);
	h->file = file;
	h->path = e->path;
	HASH_ADD_PTR(*holders, file, h);
	e->target = NULL;
	e->from = file->from;
	e->source = file->source;
	e->data = file->data;
	e->size = file->size;
	e->dev = file->dev;
	e->ino = file->ino;
	e->xattrs = file->xattrs;
	e->n_xattrs = file->n_xattrs;
}

/* Who made the rows may have put the list together; the names and values are the plans'. */
static void own_xattrs(struct mkr_entry *e, struct arena *a)
{
	if (!e->n_xattrs)
		return;
	struct mkr_xattr *own = arena_array(a, struct mkr_xattr, e->n_xattrs);
	memcpy(own, e->xattrs, e->n_xattrs * sizeof(*own));
	e->xattrs = own;
}

struct mkr_plan *rows_plan(const row_vec *rows, bool added)
{
	struct mkr_plan *plan = plan_new();
	struct holder *holders = NULL;
	const bool *in = choose(rows, plan->arena, added);
	plan->entries = arena_array(plan->arena, struct mkr_entry, rows->n + 1);
	for (size_t i = 0; i < rows->n; i++) {
		if (!in[i])
			continue;
		struct mkr_entry *e = &plan->entries[plan->n++];
		*e = rows->at[i].e;
		e->path = arena_dup(plan->arena, e->path);
		if (rows->at[i].file)
			share(e, rows->at[i].file, &holders, plan->arena);
		own_xattrs(e, plan->arena);
	}
	HASH_CLEAR(hh, holders);
	return plan;
}
