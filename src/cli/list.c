/* ldd --list: each file once, one path per line: what scripts want. */
#include "cli/report.h"
#include "cli/view.h"

#include <unistd.h>

/* Bytes as they are, so that a script finds the file; a terminal gets them escaped. */
static void put_path(struct view *v, const char *path)
{
	struct shown_name name;
	if (view_is_new(v, path))
		fprintf(v->out, "%s\n", isatty(fileno(v->out)) ? show_name(&name, path) : path);
}

static void list_show(
	struct view *v, const char *typed, const char *path, const struct mkr_map *map)
{
	(void)typed;
	put_path(v, path);
	for (size_t i = 1; i < map->n; i++)
		if (map->load[i].path)
			put_path(v, map->load[i].path);
	for (size_t i = 0; i < map->n_alias; i++)
		put_path(v, map->alias[i].path);
	if (map->interp && !map->interp_missing)
		put_path(v, map->interp);
}

const struct view_ops view_flat = { .show = list_show };
