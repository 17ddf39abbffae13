/* ldd --tree: who needs what, depth first. A library stands in full below whoever asked for it
 * first, which decided where it was found; everybody else refers to that line. */
#include "cli/color.h"
#include "cli/report.h"
#include "cli/view.h"

#include "base/vec.h"

#include <string.h>

enum { DEPTH_MAX = 64 }; /* of indentation */

/* The interpreter that is not in the map's list, as a child of the program. */
#define LONE_INTERP SIZE_MAX

/* One object whose needs are being printed. */
struct frame {
	size_t load;
	const size_t *child;
	size_t n, next;
};

struct tree {
	struct view *view;
	const struct mkr_map *map;
	struct arena *arena;
	const struct mkr_borrowed *borrowed;
	size_t n_borrowed;
	size_t *stamp; /* the last object below which it was listed, plus one */
	bool *shown;
	struct mkr_load lone; /* no path: there is none */
	VEC(struct frame) stack;
	VEC(size_t) children;
};

static void add_child(struct tree *t, size_t parent, size_t child)
{
	if (t->stamp[child] == parent + 1)
		return;
	t->stamp[child] = parent + 1;
	vec_push(&t->children, child);
}

/* What stands below an object: its needs; below the program also what nobody has in its needs. */
static void push_frame(struct tree *t, size_t load)
{
	const struct mkr_map *map = t->map;
	const struct mkr_load *l = &map->load[load];
	t->children.n = 0;
	for (size_t i = 1; load == 0 && i < map->n; i++)
		if (map->load[i].how == MKR_PRELOADED)
			add_child(t, 0, i);
	for (size_t i = 0; i < l->n_needs; i++)
		add_child(t, load, l->needs[i]);
	for (size_t i = 1; load == 0 && i < map->n; i++)
		if (map->load[i].by == 0)
			add_child(t, 0, i);
	if (load == 0 && t->lone.path)
		vec_push(&t->children, LONE_INTERP);
	struct frame f = { .load = load, .n = t->children.n };
	size_t *copy = arena_array(t->arena, size_t, f.n);
	if (f.n)
		memcpy(copy, t->children.at, f.n * sizeof(*copy));
	f.child = copy;
	vec_push(&t->stack, f);
}

static void print_prefix(const struct tree *t, bool last)
{
	FILE *out = t->view->out;
	size_t depth = t->stack.n;
	for (size_t i = 0; i + 1 < depth && i < DEPTH_MAX; i++) {
		const struct frame *f = &t->stack.at[i];
		fputs(f->next < f->n ? "\xe2\x94\x82   " : "    ", out);
	}
	fputs(last ? "\xe2\x94\x94\xe2\x94\x80\xe2\x94\x80 "
		   : "\xe2\x94\x9c\xe2\x94\x80\xe2\x94\x80 ",
		out);
	if (depth > DEPTH_MAX)
		fprintf(out, "(%zu deep) ", depth);
}

static void print_size(const struct tree *t, const struct mkr_load *l)
{
	unsigned long long bytes;
	struct shown_size size;
	if (view_size(t->view, l, &bytes))
		fprintf(t->view->out, "  %s", show_size(&size, bytes));
}

static bool is_borrowed(const struct tree *t, size_t by, size_t load)
{
	size_t low = 0, high = t->n_borrowed;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (t->borrowed[middle].by < by)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < t->n_borrowed && t->borrowed[low].by == by; low++)
		if (t->borrowed[low].load == load)
			return true;
	return false;
}

/* "NAME => PATH", or PATH alone where both are one. */
static void print_names(const struct tree *t, const struct mkr_load *l)
{
	struct shown_name name, path;
	fputs(show_name(&name, l->name), t->view->out);
	if (l->path && l->how != MKR_AS_PATH && strcmp(l->name, l->path) != 0)
		fprintf(t->view->out, " => %s", show_name(&path, l->path));
}

static void print_absent(const struct tree *t, const struct mkr_load *l)
{
	struct shown_name name, where;
	bool on = t->view->color;
	fputs(color(on, l->optional ? COLOR_WARN : COLOR_BAD), t->view->out);
	fprintf(t->view->out, "%s => ", show_name(&name, l->name));
	if (l->refused)
		fprintf(t->view->out, "%s: %s", show_name(&where, l->where), l->refused);
	else
		fprintf(t->view->out, "not found%s", l->optional ? " (optional)" : "");
	fprintf(t->view->out, "%s\n", color(on, COLOR_NONE));
}

static void print_full(const struct tree *t, const struct mkr_load *l)
{
	struct shown_name text;
	bool on = t->view->color;
	FILE *out = t->view->out;
	print_names(t, l);
	fprintf(out, "  %s[%s]%s", color(on, COLOR_NOTE), show_name(&text, view_how(t->view, l)),
		color(on, COLOR_NONE));
	print_size(t, l);
	for (size_t i = 0; i < t->map->n_alias; i++)
		if (&t->map->load[t->map->alias[i].load] == l)
			fprintf(out, ", also %s", show_name(&text, t->map->alias[i].path));
	fputc('\n', out);
}

static void print_reference(const struct tree *t, size_t by, size_t load)
{
	bool on = t->view->color;
	fputs(color(on, COLOR_FADED), t->view->out);
	print_names(t, &t->map->load[load]);
	fprintf(t->view->out, "  (shown %s%s)%s\n", t->shown[load] ? "above" : "below",
		is_borrowed(t, by, load) ? "; its own search does not find it" : "",
		color(on, COLOR_NONE));
}

/* The next child of the innermost object. */
static void step(struct tree *t)
{
	struct frame *f = &t->stack.at[t->stack.n - 1];
	if (f->next == f->n) {
		t->stack.n--;
		return;
	}
	size_t by = f->load, load = f->child[f->next++];
	print_prefix(t, f->next == f->n);
	if (load == LONE_INTERP) {
		print_full(t, &t->lone);
		return;
	}
	const struct mkr_load *l = &t->map->load[load];
	if (!l->path) {
		print_absent(t, l);
	} else if (load == 0 || l->by != by || t->shown[load]) {
		print_reference(t, by, load);
	} else {
		t->shown[load] = true;
		print_full(t, l);
		push_frame(t, load);
	}
}

static void tree_show(
	struct view *v, const char *typed, const char *path, const struct mkr_map *map)
{
	(void)typed;
	struct shown_name name;
	struct tree t = { .view = v, .map = map, .arena = arena_new() };
	t.stamp = arena_array(t.arena, size_t, map->n);
	t.shown = arena_array(t.arena, bool, map->n);
	t.n_borrowed = mkr_loader_borrowed(v->loader, map, &t.borrowed);
	fprintf(v->out, "%s%s%s", color(v->color, COLOR_STRONG), show_name(&name, path),
		color(v->color, COLOR_NONE));
	print_size(&t, &map->load[0]);
	fputc('\n', v->out);
	t.shown[0] = true;
	view_lone_interp(v, map, &t.lone);
	push_frame(&t, 0);
	while (t.stack.n)
		step(&t);
	if (map->is_static)
		fputs("\xe2\x94\x94\xe2\x94\x80\xe2\x94\x80 statically linked\n", v->out);
	vec_free(&t.stack);
	vec_free(&t.children);
	arena_free(t.arena);
}

const struct view_ops view_tree = { .show = tree_show };
