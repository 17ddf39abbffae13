/* Two states of a root, and the layer between them. */
#include "plan/resolve.h"
#include "plan/rows.h"
#include "plan/same.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define WHITEOUT ".wh."
#define CAPABILITY "security.capability"

/* An entry of the later state. */
struct later {
	struct mkr_entry e;
	const struct mkr_entry *there; /* what the base has of that name, or NULL */
	size_t first; /* of a hard link: the index of what it is a link to; else its own */
	size_t was; /* of a first one: the index in the base of the file that it was; or SIZE_MAX */
	bool other; /* of a first one: what it was is not what it is */
	bool ours; /* the launcher's: it is not looked at */
};

struct changes {
	struct arena *arena;
	const struct mkr_plan *base, *now;
	const struct mkr_change *how;
	struct later *at; /* one for each entry of `now` */
	size_t *became; /* for each of the base: the first one here that has been it; or SIZE_MAX */
	VEC(const char *) made; /* how->made, with links followed */
	bool holds_user, holds_capability; /* such attributes, somewhere in `now` */
	struct mkr_error *err;
};

static const struct mkr_entry *in_base(const struct changes *c, const char *path)
{
	return mkr_entry_find(c->base->entries, c->base->n, path);
}

/* The longest part that is there, links followed, and the rest of it. */
static const char *real_path(const struct changes *c, const char *path)
{
	for (struct str head = str_from(path); head.n; head = str_dir(head)) {
		const char *real = plan_resolve(
			c->arena, c->base->entries, c->base->n, arena_dup_str(c->arena, head));
		const char *rest = path + head.n;
		if (real)
			return arena_printf(
				c->arena, "%s%s", real, *real ? rest : rest + (*rest == '/'));
	}
	return path;
}

static void find_made(struct changes *c)
{
	for (const char *const *p = c->how->made; p && *p; p++) {
		vec_push(&c->made, *p);
		vec_push(&c->made, real_path(c, *p));
	}
}

/* Where something was mounted, or a folder above that. */
static bool is_made(const struct changes *c, const char *path)
{
	size_t n = strlen(path);
	for (size_t i = 0; i < c->made.n; i++) {
		const char *made = c->made.at[i];
		if (strncmp(made, path, n) == 0 && (made[n] == '/' || made[n] == '\0'))
			return true;
	}
	return false;
}

static bool is_ours(const struct changes *c, const struct later *l)
{
	bool empty = S_ISDIR(l->e.mode) || (S_ISREG(l->e.mode) && l->e.size == 0);
	bool same_type = l->there && (l->there->mode & S_IFMT) == (l->e.mode & S_IFMT);
	return empty && !same_type && is_made(c, l->e.path);
}

static void look_for_xattrs(struct changes *c)
{
	for (size_t i = 0; i < c->now->n; i++) {
		const struct mkr_entry *e = &c->now->entries[i];
		for (size_t k = 0; k < e->n_xattrs; k++) {
			bool capability = strcmp(e->xattrs[k].name, CAPABILITY) == 0;
			c->holds_capability |= capability;
			c->holds_user |= !capability;
		}
	}
}

/* Where no file has an attribute of a kind, the file system may not have taken them: those that the
 * file had are still its own. */
static void keep_xattrs(const struct changes *c, struct mkr_entry *e, const struct mkr_entry *was)
{
	struct mkr_xattr *all =
		arena_array(c->arena, struct mkr_xattr, e->n_xattrs + was->n_xattrs + 1);
	size_t n = 0, k = 0;
	for (size_t i = 0; i < was->n_xattrs; i++) {
		bool capability = strcmp(was->xattrs[i].name, CAPABILITY) == 0;
		if (capability ? c->holds_capability : c->holds_user)
			continue;
		while (k < e->n_xattrs && strcmp(e->xattrs[k].name, was->xattrs[i].name) < 0)
			all[n++] = e->xattrs[k++];
		all[n++] = was->xattrs[i];
	}
	while (k < e->n_xattrs)
		all[n++] = e->xattrs[k++];
	e->xattrs = all;
	e->n_xattrs = n;
}

/* 1: the file, folder or link is what it was; its names apart. */
static int is_as_it_was(struct changes *c, struct later *l, const struct mkr_entry *was)
{
	if (!was || (was->mode & S_IFMT) != (l->e.mode & S_IFMT))
		return 0;
	int same = S_ISDIR(l->e.mode) ? 1 : same_content(was, &l->e, c->err);
	if (same <= 0)
		return same;
	if (was->n_xattrs)
		keep_xattrs(c, &l->e, was);
	return same_meta(was, &l->e) && (!S_ISLNK(l->e.mode) || was->mtime == l->e.mtime);
}

static size_t base_file(const struct changes *c, const struct mkr_entry *e)
{
	const struct mkr_entry *file = row_file(e, c->base->entries, c->base->n);
	return (size_t)((file ? file : e) - c->base->entries);
}

/* Two names of one file have to have been that, too; and no others. */
static void compare_names(struct changes *c, const struct later *l)
{
	struct later *first = &c->at[l->first];
	if (!l->there || !S_ISREG(l->there->mode)) {
		first->other = true;
		return;
	}
	size_t was = base_file(c, l->there);
	if (first->was == SIZE_MAX)
		first->was = was;
	if (c->became[was] == SIZE_MAX)
		c->became[was] = l->first;
	if (first->was == was && c->became[was] == l->first)
		return;
	first->other = true;
	c->at[c->became[was]].other = true;
}

static int look(struct changes *c, size_t i)
{
	struct later *l = &c->at[i];
	const struct mkr_entry *e = &c->now->entries[i];
	*l = (struct later){ .e = *e,
		.there = in_base(c, e->path),
		.first = mkr_entry_first(c->now->entries, c->now->n, i),
		.was = SIZE_MAX };
	if (l->first >= c->now->n)
		l->first = i;
	if (c->how->one_owner) {
		l->e.uid = l->there ? l->there->uid : 0;
		l->e.gid = l->there ? l->there->gid : 0;
	}
	l->ours = is_ours(c, l);
	if (l->ours)
		return 0;
	if (S_ISREG(e->mode))
		compare_names(c, l);
	if (l->first != i)
		return 0;
	const struct mkr_entry *was = l->there;
	if (was && S_ISREG(was->mode))
		was = &c->base->entries[base_file(c, was)];
	int same = is_as_it_was(c, l, was);
	l->other |= same == 0;
	return same < 0 ? same : 0;
}

/* The launcher has left out devices. What is below a folder that is gone is gone with it. */
static bool is_gone(const struct changes *c, const struct mkr_entry *e)
{
	const struct mkr_entry *now = c->now->entries;
	if (S_ISCHR(e->mode) || S_ISBLK(e->mode) || mkr_entry_find(now, c->now->n, e->path))
		return false;
	struct str dir = str_dir(str_from(e->path));
	size_t i = mkr_entry_index(now, c->now->n, dir.p, dir.n);
	return dir.n == 0 || (i < c->now->n && S_ISDIR(now[i].mode));
}

/* The specification would rather have names than ".wh..wh..opq". */
static struct row whiteout(const struct changes *c, const struct mkr_entry *e)
{
	const char *name = base_name(e->path);
	return (struct row){ .added = true,
		.e = { .path = arena_printf(c->arena, "%.*s" WHITEOUT "%s", (int)(name - e->path),
			       e->path, name),
			.mode = S_IFREG | 0644,
			.data = "",
			.because = "gone",
			.why = MKR_WHY_GONE } };
}

static void collect(const struct changes *c, row_vec *rows)
{
	for (size_t i = 0; i < c->now->n; i++) {
		const struct later *l = &c->at[i], *first = &c->at[l->first];
		vec_push(rows,
			((struct row){ .e = l->e,
				.file = S_ISREG(l->e.mode) ? &first->e : NULL,
				.added = !l->ours && first->other }));
	}
	for (size_t i = 0; i < c->base->n; i++)
		if (is_gone(c, &c->base->entries[i]))
			vec_push(rows, whiteout(c, &c->base->entries[i]));
	rows_sort(rows);
}

int mkr_plan_changes(struct mkr_plan **out, const struct mkr_plan *base, const struct mkr_plan *now,
	const struct mkr_change *how, struct mkr_error *err)
{
	struct changes c = {
		.arena = arena_new(), .base = base, .now = now, .how = how, .err = err
	};
	row_vec rows = { 0 };
	int r = 0;
	c.at = arena_array(c.arena, struct later, now->n + 1);
	c.became = arena_array(c.arena, size_t, base->n + 1);
	for (size_t i = 0; i < base->n; i++)
		c.became[i] = SIZE_MAX;
	find_made(&c);
	look_for_xattrs(&c);
	for (size_t i = 0; i < now->n && r == 0; i++)
		r = look(&c, i);
	if (r == 0) {
		collect(&c, &rows);
		*out = rows_plan(&rows, true);
	}
	vec_free(&rows);
	vec_free(&c.made);
	arena_free(c.arena);
	return r;
}
