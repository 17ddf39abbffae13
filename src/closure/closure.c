/* The closure: its items, and the links and folders on the way to them. */
#include "closure/internal.h"

#include "base/cleanup.h"
#include "os/root.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

static bool any_matches(const struct mkr_closure *c, const char *const *globs, const char *path)
{
	const char *absolute = arena_printf(c->arena, "/%s", path);
	for (const char *const *glob = globs; *glob; glob++) {
		const char *subject = (*glob)[0] == '/' ? absolute
			: strchr(*glob, '/')            ? path
							: base_name(path);
		if (fnmatch(*glob, subject, 0) == 0)
			return true;
	}
	return false;
}

/* A folder that is left out takes along what is below it. */
bool closure_globs_match(const struct mkr_closure *c, const char *const *globs, const char *path)
{
	if (!globs)
		return false;
	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		struct str above = { path, (size_t)(slash - path) };
		if (any_matches(c, globs, arena_dup_str(c->arena, above)))
			return true;
	}
	return any_matches(c, globs, path);
}

bool mkr_closure_excludes(const struct mkr_closure *c, const char *path)
{
	return closure_globs_match(c, c->exclude, path);
}

static void say_once(struct mkr_closure *c, struct texts *t, const char *text)
{
	for (size_t i = 0; i < t->at.n; i++)
		if (strcmp(t->at.at[i], text) == 0)
			return;
	vec_push(&t->at, arena_dup(c->arena, text));
}

void closure_warn(struct mkr_closure *c, const char *text)
{
	say_once(c, &c->warnings, text);
}

void closure_note(struct mkr_closure *c, const char *text)
{
	say_once(c, &c->notes, text);
}

/* "-i PATH:DEST" onto a path that something else has: what was said last and by name wins. */
static bool takes_place(struct mkr_closure *c, const struct node *n, const struct mkr_item *item)
{
	if (item->why != MKR_WHY_INCLUDE || !item->source || !n->item.source ||
		strcmp(item->source, n->item.source) == 0)
		return false;
	if (S_ISDIR(item->st.st_mode) && S_ISDIR(n->item.st.st_mode))
		return false;
	closure_warn(c,
		arena_printf(c->arena, "/%s is a copy of /%s, not what was there before (%s)",
			item->path, item->source, n->item.because));
	return true;
}

void closure_add_item(struct mkr_closure *c, const struct mkr_item *item, bool strong)
{
	struct node *n;
	size_t length = strlen(item->path);
	HASH_FIND(hh, c->nodes, item->path, length, n);
	if (n && (n->strong || !strong) && !takes_place(c, n, item))
		return;
	if (!n) {
		n = arena_new_of(c->arena, struct node);
		n->item.path = arena_dup(c->arena, item->path);
		HASH_ADD_KEYPTR(hh, c->nodes, n->item.path, length, n);
		if (c->look)
			c->look(c->look_ctx, HASH_COUNT(c->nodes));
	}
	const char *path = n->item.path;
	n->item = *item;
	n->item.path = path;
	n->item.source = item->source ? arena_dup(c->arena, item->source) : NULL;
	n->item.target = item->target ? arena_dup(c->arena, item->target) : NULL;
	n->item.because = arena_dup(c->arena, item->because);
	n->item.set = c->set;
	n->strong = strong;
}

/* What one walk crosses is kept until it is known that it leads somewhere. */
struct trail {
	struct arena *arena;
	VEC(struct mkr_item) steps;
};

static int keep_step(void *ctx, const struct mkr_step *step, struct mkr_error *err)
{
	(void)err;
	struct trail *t = ctx;
	struct mkr_item item = { .path = arena_dup(t->arena, step->path), .st = *step->st };
	if (step->target)
		item.target = arena_dup(t->arena, step->target);
	vec_push(&t->steps, item);
	return 0;
}

static struct lead *find_lead(const struct mkr_closure *c, const char *path)
{
	struct lead *l;
	HASH_FIND_STR(c->leads, path, l);
	return l;
}

static void keep_lead(struct mkr_closure *c, const char *path, const char *real)
{
	struct lead *l = find_lead(c, path);
	if (l)
		return;
	l = arena_new_of(c->arena, struct lead);
	l->path = arena_dup(c->arena, path);
	l->real = real;
	HASH_ADD_KEYPTR(hh, c->leads, l->path, strlen(l->path), l);
}

const char *closure_real_path(struct mkr_closure *c, const char *path)
{
	const struct lead *l = find_lead(c, path);
	const char *real = l ? l->real : root_real_path(c->root, c->arena, path);
	if (!l && real)
		keep_lead(c, path, real);
	return real;
}

static int add_path(struct mkr_closure *c, const char *path, bool follow_last,
	const struct reason *reason, const char **real, struct mkr_error *err)
{
	struct trail t = { .arena = c->arena };
	int r = mkr_root_walk(c->root, path, follow_last, keep_step, &t, err);
	const char *on_the_way = arena_printf(c->arena, "on the way to %s", path);
	for (size_t i = 0; r == 0 && i < t.steps.n; i++) {
		struct mkr_item *item = &t.steps.at[i];
		bool last = i + 1 == t.steps.n;
		item->source = item->path;
		item->why = item->target ? MKR_WHY_LINK : MKR_WHY_PARENT;
		item->because = on_the_way;
		if (last) {
			item->why = reason->why;
			item->because = reason->because;
			if (real)
				*real = item->path;
		}
		if (!mkr_closure_excludes(c, item->path))
			closure_add_item(c, item, last);
	}
	if (r == 0 && follow_last && t.steps.n)
		keep_lead(c, path, arena_printf(c->arena, "/%s", t.steps.at[t.steps.n - 1].path));
	vec_free(&t.steps);
	return r;
}

int closure_add_path(struct mkr_closure *c, const char *path, const struct reason *reason,
	const char **real, struct mkr_error *err)
{
	return add_path(c, path, true, reason, real, err);
}

/* The path leads nowhere; anything else that fails is the machine's trouble, and no answer. */
static bool is_absent(int r)
{
	return r == -ENOENT || r == -ENOTDIR || r == -ELOOP || r == -ENAMETOOLONG;
}

int closure_take_link(
	struct mkr_closure *c, const char *path, const struct reason *reason, struct mkr_error *err)
{
	int r = add_path(c, path, false, reason, NULL, err);
	return is_absent(r) || r == -EACCES ? 0 : r;
}

/* usr-merge: a root that holds /usr/bin/bash alone still has to run "#!/bin/sh". */
static int add_merged_links(struct mkr_closure *c, struct mkr_error *err)
{
	static const char *const merged[] = { "bin", "sbin", "lib", "lib64" };
	struct reason reason = { MKR_WHY_LINK, "usr-merge" };
	for (size_t i = 0; i < sizeof(merged) / sizeof(*merged); i++) {
		struct trail t = { .arena = c->arena };
		int r = mkr_root_walk(c->root, merged[i], false, keep_step, &t, err);
		bool link = r == 0 && t.steps.n == 1 && t.steps.at[0].target;
		vec_free(&t.steps);
		if (link)
			r = closure_add_path(c, merged[i], &reason, NULL, err);
		if (r < 0 && !is_absent(r))
			return r;
	}
	return 0;
}

int mkr_closure_new(struct mkr_closure **out, const struct mkr_root *root,
	struct mkr_loader *loader, const struct mkr_closure_opts *opts, struct mkr_error *err)
{
	struct mkr_closure *c = calloc(1, sizeof(*c));
	if (!c)
		out_of_memory();
	c->root = root;
	c->loader = loader;
	c->arena = arena_new();
	if (opts) {
		c->exclude = opts->exclude;
		c->output_dev = opts->output_dev;
		c->output_ino = opts->output_ino;
		c->look = opts->look;
		c->look_ctx = opts->look_ctx;
		c->hwcaps = opts->hwcaps ? arena_dup(c->arena, opts->hwcaps) : NULL;
	}
	static const char *const opened[] = { "dlopen", NULL };
	struct rules_opts with = { .with = opened };
	if (opts && opts->with)
		with = (struct rules_opts){ opts->with, opts->users, opts->n_users };
	int code = rules_new(&c->rules, root, &with, err);
	if (code == 0)
		code = add_merged_links(c, err);
	if (code < 0) {
		mkr_closure_free(c);
		return code;
	}
	*out = c;
	return 0;
}

void mkr_closure_free(struct mkr_closure *c)
{
	if (!c)
		return;
	HASH_CLEAR(hh, c->nodes);
	HASH_CLEAR(hh, c->visited);
	HASH_CLEAR(hh, c->leads);
	set_clear(&c->added);
	set_clear(&c->missed);
	set_clear(&c->asked);
	set_clear(&c->shown);
	rules_free(c->rules);
	mkr_packages_free(c->packages);
	vec_free(&c->missing);
	vec_free(&c->maps);
	vec_free(&c->warnings.at);
	vec_free(&c->notes.at);
	free(c->warnings.list);
	free(c->notes.list);
	free(c->sorted);
	arena_free(c->arena);
	free(c);
}

const struct mkr_root *mkr_closure_root(const struct mkr_closure *c)
{
	return c->root;
}

struct mkr_loader *mkr_closure_loader(const struct mkr_closure *c)
{
	return c->loader;
}

static int add_program(struct mkr_closure *c, const struct mkr_want *want, struct mkr_error *err)
{
	struct reason reason = { want->why, "asked for" };
	const char *real;
	int r = closure_add_path(c, want->path, &reason, &real, err);
	if (r < 0)
		return mkr_fail(err, r, "program '%s'", want->path);
	return closure_follow(c, want->path, true, 0, err);
}

static int add_made(struct mkr_closure *c, const struct mkr_want *want, struct mkr_error *err)
{
	const char *dest = want->path + strspn(want->path, "/");
	struct mkr_item item = { .because = want->because,
		.why = MKR_WHY_MADE,
		.data = want->data,
		.st = { .st_mode = S_IFREG | 0644 } };
	int r = closure_add_parents(c, &dest, want->because, err);
	if (r < 0)
		return r;
	cleanup_fd int fd = root_open(c->root, want->path, O_PATH | O_NOFOLLOW);
	struct stat st;
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		item.st = st;
	item.path = dest;
	item.st.st_size = (off_t)want->size;
	if (!mkr_closure_excludes(c, dest))
		closure_add_item(c, &item, true);
	return 0;
}

int mkr_closure_add(struct mkr_closure *c, const struct mkr_want *want, struct mkr_error *err)
{
	if (want->why == MKR_WHY_INCLUDE)
		return closure_include(c, want, err);
	if (want->why == MKR_WHY_MADE)
		return add_made(c, want, err);
	if (want->why != MKR_WHY_TRACE)
		return add_program(c, want, err);
	struct reason reason = { want->why, want->because };
	if (want->link)
		return closure_take_link(c, want->path, &reason, err);
	return closure_take(c, want->path, &reason, err);
}

int mkr_closure_settle(struct mkr_closure *c, struct mkr_error *err)
{
	return closure_answer_all(c, err);
}

static int by_path(const void *a, const void *b)
{
	const struct mkr_item *const *x = a, *const *y = b;
	return strcmp((*x)->path, (*y)->path);
}

const struct mkr_item *const *mkr_closure_items(const struct mkr_closure *c, size_t *n)
{
	struct mkr_closure *own = (struct mkr_closure *)(uintptr_t)c;
	*n = HASH_COUNT(c->nodes);
	free(own->sorted);
	own->sorted = calloc(*n + 1, sizeof(*own->sorted));
	if (!own->sorted)
		out_of_memory();
	size_t i = 0;
	for (struct node *node = c->nodes; node; node = node->hh.next)
		own->sorted[i++] = &node->item;
	qsort(own->sorted, *n, sizeof(*own->sorted), by_path);
	return own->sorted;
}

const struct mkr_missing *mkr_closure_missing(const struct mkr_closure *c, size_t *n)
{
	*n = c->missing.n;
	return c->missing.at;
}

const struct mkr_map *const *mkr_closure_maps(const struct mkr_closure *c, size_t *n)
{
	*n = c->maps.n;
	return c->maps.at;
}

static const char *const *list_of(struct texts *t)
{
	free(t->list);
	t->list = calloc(t->at.n + 1, sizeof(*t->list));
	if (!t->list)
		out_of_memory();
	if (t->at.n)
		memcpy(t->list, t->at.at, t->at.n * sizeof(*t->list));
	return t->list;
}

const char *const *mkr_closure_warnings(const struct mkr_closure *c)
{
	return list_of(&((struct mkr_closure *)(uintptr_t)c)->warnings);
}

const char *const *mkr_closure_notes(const struct mkr_closure *c)
{
	return list_of(&((struct mkr_closure *)(uintptr_t)c)->notes);
}
