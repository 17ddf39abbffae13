/* A plan laid over another one, as dir_merge.c adds to a folder. */
#include "plan/resolve.h"
#include "plan/rows.h"
#include "plan/same.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum fate {
	FATE_NEW, /* there is nothing of that name */
	FATE_INSTEAD, /* in the place of what is there */
	FATE_THERE, /* the same is there, or what counts instead */
};

/* An entry of the plan on top. */
struct laid {
	const struct mkr_entry *e, *there; /* there: what the base has of that name, or NULL */
	const char *path; /* where it comes to be */
	size_t first; /* of a hard link: the index of what it is a link to; else its own */
	enum fate fate;
	bool shared; /* of a first one: all its names are in the base as they are here */
};

struct layer {
	const char *name; /* of the base */
	struct arena *arena;
	const struct mkr_plan *base, *top;
	struct laid *at; /* one for each entry of the top */
	bool names_system; /* the base has an os-release */
	struct mkr_error *err;
	struct str dir; /* the folder that was looked up last */
	const char *real;
};

static const struct mkr_entry *in_base(const struct layer *l, const char *path)
{
	return mkr_entry_find(l->base->entries, l->base->n, path);
}

static int conflict(const struct layer *l, const struct mkr_entry *there, const struct mkr_entry *e)
{
	bool link = S_ISLNK(there->mode);
	mkr_failx(l->err, -EEXIST, "'%s' in '%s' is %s%s%s, but %s is to be there", there->path,
		l->name, type_in_words(there->mode), link ? " to " : "", link ? there->target : "",
		type_in_words(e->mode));
	mkr_detail(l->err, "new", "%s%s%s: %s", type_in_words(e->mode),
		S_ISLNK(e->mode) ? " to " : "", S_ISLNK(e->mode) ? e->target : "", e->because);
	return -EEXIST;
}

/* What a link of the base to a folder leads to; NULL: it is none. */
static const char *behind(const struct layer *l, const char *path)
{
	const char *real = plan_resolve(l->arena, l->base->entries, l->base->n, path);
	const struct mkr_entry *e = real && *real ? in_base(l, real) : NULL;
	return e && S_ISDIR(e->mode) ? real : NULL;
}

/* The folder `dir` with the links of the base followed. `e`: what is to be in it. */
static int find_folder(struct layer *l, struct str dir, const struct mkr_entry *e, const char **ret)
{
	const char *here = "";
	struct str rest = dir, part;
	if (l->real && str_eq(dir, l->dir)) {
		*ret = l->real;
		return 0;
	}
	while (rest.n && str_split(&rest, "/", &part)) {
		here = arena_printf(
			l->arena, "%s%s%.*s", here, *here ? "/" : "", (int)part.n, part.p);
		const struct mkr_entry *there = in_base(l, here);
		const char *real = there && S_ISLNK(there->mode) ? behind(l, here) : NULL;
		if (there && !S_ISDIR(there->mode) && !real) {
			const struct mkr_entry folder = { .mode = S_IFDIR, .because = e->because };
			return conflict(l, there, &folder);
		}
		here = real ? real : here;
	}
	l->dir = dir;
	l->real = *ret = here;
	return 0;
}

static int settle_folder(struct layer *l, struct laid *one)
{
	const struct mkr_entry *there = one->there;
	one->fate = there ? FATE_THERE : FATE_NEW;
	if (!there || S_ISDIR(there->mode) || (S_ISLNK(there->mode) && behind(l, one->path)))
		return 0;
	return conflict(l, there, one->e);
}

static const struct mkr_entry *file_of(const struct mkr_plan *p, const struct mkr_entry *e)
{
	return row_file(e, p->entries, p->n);
}

/* A link that every root gets, /bin to usr/bin: where the base has a folder, that is as good. What
 * then is not found any more, somebody else finds out (mkr_check_plan()). */
static bool is_usr_merge(const struct layer *l, const struct mkr_entry *e)
{
	const struct mkr_entry *folder =
		S_ISLNK(e->mode) ? mkr_entry_find(l->top->entries, l->top->n, e->target) : NULL;
	return folder && S_ISDIR(folder->mode) && !strchr(e->path, '/') &&
		strncmp(e->target, "usr/", 4) == 0;
}

/* As file, link or device. */
static int settle_other(struct layer *l, size_t i)
{
	struct laid *one = &l->at[i];
	const struct mkr_entry *there = one->there, *e = one->e;
	one->fate = there ? FATE_INSTEAD : FATE_NEW;
	if (!there)
		return 0;
	if (is_usr_merge(l, e) && S_ISDIR(there->mode)) {
		one->fate = FATE_THERE;
		return 0;
	}
	if ((there->mode & S_IFMT) != (e->mode & S_IFMT))
		return conflict(l, there, e);
	int same = 1;
	if (S_ISREG(e->mode)) {
		const struct mkr_entry *first = l->at[one->first].there;
		there = file_of(l->base, there);
		e = l->at[one->first].e;
		/* Two names of one file have to be that there, too. */
		if (one->first != i && (!first || file_of(l->base, first) != there))
			return 0;
	}
	if (S_ISREG(e->mode) || !S_ISLNK(e->mode))
		same = same_meta(there, e);
	if (same)
		same = same_content(there, e, l->err);
	if (same > 0)
		one->fate = FATE_THERE;
	return same < 0 ? same : 0;
}

/* What tells which system this is (the set "packages"): the base is what it is, whoever's programs
 * come to it. */
static bool is_other_system(const struct layer *l, const struct mkr_entry *e)
{
	return l->names_system && e->set && strcmp(e->set, "packages") == 0 &&
		e->why != MKR_WHY_MADE && !S_ISDIR(e->mode);
}

static int settle(struct layer *l, size_t i)
{
	struct laid *one = &l->at[i];
	const struct mkr_entry *e = &l->top->entries[i];
	const char *folder = "";
	int r = find_folder(l, str_dir(str_from(e->path)), e, &folder);
	if (r < 0)
		return r;
	const struct mkr_entry *first = file_of(l->top, e);
	*one = (struct laid){ .e = e,
		.path = *folder ? arena_printf(l->arena, "%s/%s", folder, base_name(e->path))
				: e->path,
		.first = first ? (size_t)(first - l->top->entries) : i,
		.shared = true };
	one->there = in_base(l, one->path);
	if (is_other_system(l, e))
		one->fate = FATE_THERE;
	else
		r = S_ISDIR(e->mode) ? settle_folder(l, one) : settle_other(l, i);
	if (one->fate != FATE_THERE)
		l->at[one->first].shared = false;
	return r;
}

static bool is_added(const struct layer *l, const struct laid *one)
{
	return S_ISREG(one->e->mode) ? !l->at[one->first].shared : one->fate != FATE_THERE;
}

/* What of the base stays, and what comes to it. */
static void collect(const struct layer *l, row_vec *rows)
{
	bool *gone = arena_array(l->arena, bool, l->base->n + 1);
	for (size_t i = 0; i < l->top->n; i++) {
		const struct laid *one = &l->at[i];
		if (!is_added(l, one))
			continue;
		if (one->there)
			gone[one->there - l->base->entries] = true;
		struct row row = { .e = *one->e, .file = file_of(l->top, one->e), .added = true };
		row.e.path = one->path;
		vec_push(rows, row);
	}
	for (size_t i = 0; i < l->base->n; i++) {
		const struct mkr_entry *e = &l->base->entries[i];
		if (!gone[i])
			vec_push(rows, ((struct row){ .e = *e, .file = file_of(l->base, e) }));
	}
	rows_sort(rows);
}

/* Two paths of the top that the base's links make one. */
static int drop_twins(const struct layer *l, row_vec *rows)
{
	size_t n = 0;
	for (size_t i = 0; i < rows->n; i++) {
		const struct row *row = &rows->at[i], *last = n ? &rows->at[n - 1] : NULL;
		if (!last || strcmp(last->e.path, row->e.path) != 0) {
			rows->at[n++] = *row;
			continue;
		}
		int same = (last->e.mode & S_IFMT) == (row->e.mode & S_IFMT);
		if (same && !S_ISDIR(row->e.mode))
			same = same_content(&last->e, &row->e, l->err);
		if (same < 0)
			return same;
		if (!same)
			return mkr_failx(l->err, -EEXIST,
				"two things are to be '%s' in '%s': %s (%s), and %s (%s)",
				row->e.path, l->name, type_in_words(last->e.mode), last->e.because,
				type_in_words(row->e.mode), row->e.because);
	}
	rows->n = n;
	return 0;
}

/* A new file where a new folder has to be, or where the base has files below. */
static int check_ways(const struct layer *l, const row_vec *rows)
{
	for (size_t i = 0; i < rows->n; i++) {
		const struct row *row = &rows->at[i];
		if (S_ISDIR(row->e.mode))
			continue;
		size_t n = strlen(row->e.path);
		for (size_t k = i + 1;
			k < rows->n && strncmp(rows->at[k].e.path, row->e.path, n) == 0; k++)
			if (rows->at[k].e.path[n] == '/')
				return mkr_failx(l->err, -EEXIST,
					"'%s' (%s) is in the way of '%s' (%s)", row->e.path,
					row->e.because, rows->at[k].e.path, rows->at[k].e.because);
	}
	return 0;
}

int mkr_plan_lay(struct mkr_laid *out, const struct mkr_plan *base, const struct mkr_plan *top,
	const char *name, struct mkr_error *err)
{
	struct layer l = {
		.name = name, .arena = arena_new(), .base = base, .top = top, .err = err
	};
	row_vec rows = { 0 };
	int r = 0;
	l.at = arena_array(l.arena, struct laid, top->n + 1);
	l.names_system = in_base(&l, "etc/os-release") || in_base(&l, "usr/lib/os-release");
	for (size_t i = 0; i < top->n && r == 0; i++)
		r = settle(&l, i);
	if (r == 0) {
		collect(&l, &rows);
		r = drop_twins(&l, &rows);
	}
	if (r == 0)
		r = check_ways(&l, &rows);
	if (r == 0)
		*out = (struct mkr_laid){ rows_plan(&rows, false), rows_plan(&rows, true) };
	vec_free(&rows);
	arena_free(l.arena);
	return r;
}
