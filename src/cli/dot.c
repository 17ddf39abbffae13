/* ldd --dot: one graph of all FILEs, for graphviz. A file is a node, a need an arrow; the arrow of
 * who asked first says how the file was found. */
#include "cli/report.h"
#include "cli/view.h"

/* The text as a quoted ID of the DOT language, for people: escaped as for a terminal first. */
static void put_id(struct view *v, const char *text)
{
	struct shown_name name;
	fputc('"', v->out);
	for (const char *c = show_name(&name, text); *c; c++) {
		if (*c == '"' || *c == '\\')
			fputc('\\', v->out);
		fputc(*c, v->out);
	}
	fputc('"', v->out);
}

static void dot_begin(struct view *v)
{
	fputs("digraph mkroot {\n"
	      "\trankdir=LR;\n"
	      "\tnode [shape=box];\n",
		v->out);
}

/* What a load is called in the graph: what is missing has no path, and is one node per name. */
static const char *id_of(struct view *v, const struct mkr_load *l)
{
	return l->path ? l->path : arena_printf(v->arena, "%s: not found", l->name);
}

static void put_node(struct view *v, const struct mkr_load *l, bool program)
{
	const char *id = id_of(v, l);
	unsigned long long bytes;
	struct shown_size size;
	if (!view_is_new(v, arena_printf(v->arena, "%s%s", program ? "!" : "", id)))
		return;
	fputc('\t', v->out);
	put_id(v, id);
	if (!l->path) {
		fprintf(v->out, " [color=%s,style=dashed];\n", l->optional ? "orange" : "red");
		return;
	}
	fputs(" [label=", v->out);
	put_id(v, l->path);
	if (view_size(v, l, &bytes))
		fprintf(v->out, " + \"\\n%s\"", show_size(&size, bytes));
	fprintf(v->out, "%s];\n", program ? ",style=bold" : "");
}

/* `first`: it was this asker that made b be loaded. */
static void put_edge(struct view *v, const struct mkr_load *a, const struct mkr_load *b, bool first)
{
	const char *label = first ? view_how(v, b) : "";
	const char *key = arena_printf(v->arena, "%s\n%s\n%s", id_of(v, a), id_of(v, b), label);
	if (!view_is_new(v, key))
		return;
	fputc('\t', v->out);
	put_id(v, id_of(v, a));
	fputs(" -> ", v->out);
	put_id(v, id_of(v, b));
	if (first) {
		fputs(" [label=", v->out);
		put_id(v, label);
		fputc(']', v->out);
	}
	fputs(";\n", v->out);
}

static void put_need(struct view *v, const struct mkr_map *map, size_t from, size_t to)
{
	const struct mkr_load *b = &map->load[to];
	put_edge(v, &map->load[from], b, b->by == from && b->path);
}

static void put_edges(struct view *v, const struct mkr_map *map, size_t i)
{
	const struct mkr_load *l = &map->load[i];
	for (size_t k = 0; k < l->n_needs; k++)
		put_need(v, map, i, l->needs[k]);
	/* Nobody has to need these. */
	bool interp = l->how == MKR_AS_INTERP || (map->interp_missing && !l->path);
	if (i > 0 && (interp || l->how == MKR_PRELOADED))
		put_need(v, map, l->by, i);
}

static void dot_show(struct view *v, const char *typed, const char *path, const struct mkr_map *map)
{
	(void)typed;
	(void)path;
	for (size_t i = 0; i < map->n; i++)
		put_node(v, &map->load[i], i == 0);
	for (size_t i = 0; i < map->n; i++)
		put_edges(v, map, i);
	struct mkr_load interp;
	if (view_lone_interp(v, map, &interp)) {
		put_node(v, &interp, false);
		put_edge(v, &map->load[0], &interp, true);
	}
}

static void dot_finish(struct view *v)
{
	fputs("}\n", v->out);
}

const struct view_ops view_dot = { .begin = dot_begin, .show = dot_show, .finish = dot_finish };
