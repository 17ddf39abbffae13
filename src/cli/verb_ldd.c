/* mkroot ldd: what the loader would map, in ldd's words, without running anything. */
#include "cli/color.h"
#include "cli/input.h"
#include "cli/ldd_versions.h"
#include "cli/missing.h"
#include "cli/report.h"
#include "cli/verb.h"
#include "cli/view.h"

#include "base/cleanup.h"

#include <mkroot/loader.h>

#include <errno.h>
#include <stddef.h>
#include <string.h>

struct ldd_args {
	struct common_args common;
	struct input_args input;
	bool versions, tree, list, json, dot;
};

#define AT(member) offsetof(struct ldd_args, member)
static const struct opt ldd_opts[] = {
	{ 'S', "sysroot", "DIR", "read FILE and its libraries inside DIR [/]", OPT_STRING,
		AT(input.sysroot) },
	{ 0, "root", "DIR", NULL, OPT_STRING, AT(input.sysroot) },
	{ 'L', "library-path", "PATHS", "search here where LD_LIBRARY_PATH is searched", OPT_STRING,
		AT(input.library_path) },
	{ 'v', "versions", NULL, "print symbol versions too, as ldd -v, and check them", OPT_FLAG,
		AT(versions) },
	{ 0, "preload", "PATHS", "load these first, as LD_PRELOAD would", OPT_STRING,
		AT(input.preload) },
	{ 0, "hwcaps", "WHICH", "glibc-hwcaps folders: host, none or a level [host]", OPT_STRING,
		AT(input.hwcaps) },
	{ 0, "tree", NULL, "who needs what, how it was found, and its size", OPT_FLAG, AT(tree) },
	{ 0, "list", NULL, "the path of each file once, interpreters too", OPT_FLAG, AT(list) },
	{ 0, "json", NULL, "one JSON document", OPT_FLAG, AT(json) },
	{ 0, "dot", NULL, "a graph for graphviz", OPT_FLAG, AT(dot) },
	{ 0, NULL, NULL, NULL, OPT_FLAG, 0 },
};

/* The loader would stop at this file: it is an error, named once for whoever asked. */
static void print_refused(const struct mkr_map *map, const struct mkr_load *load)
{
	struct shown_name where, by;
	fflush(stdout);
	fprintf(stderr, "mkroot: %s: %s (needed by %s)\n", show_name(&where, load->where),
		load->refused, show_name(&by, map->load[load->by].path));
}

/* "NAME => PATH" without printf(3), which costs more than finding out what to say. */
static void put_line(const char *name, const char *path)
{
	fputs("\t", stdout);
	fputs(name, stdout);
	if (path) {
		fputs(" => ", stdout);
		fputs(path, stdout);
	}
	fputs("\n", stdout);
}

static void print_load(const struct mkr_map *map, const struct mkr_load *load)
{
	struct shown_name name, path;
	if (load->refused)
		print_refused(map, load);
	else if (!load->path)
		put_line(show_name(&name, load->name), "not found");
	else if ((load->how == MKR_AS_PATH && load->name[0] != '/') ||
		strcmp(load->name, load->path) == 0)
		put_line(show_name(&name, load->name), NULL);
	else
		put_line(show_name(&name, load->name), show_name(&path, load->path));
}

static void plain_show(
	struct view *v, const char *typed, const char *path, const struct mkr_map *map)
{
	(void)v;
	(void)typed;
	(void)path;
	if (map->is_static || map->lists_nothing) {
		puts("\tstatically linked");
		return;
	}
	for (size_t i = 1; i < map->n; i++)
		if (!map->load[i].before_program)
			print_load(map, &map->load[i]);
}

/* ldd's lines, which say themselves what is missing. */
static const struct view_ops view_plain = { .show = plain_show, .tells_missing = true };

/* Once a call. */
static void report_no_cache(struct view *v, const struct mkr_map *map)
{
	if (map->no_cache && !v->told_no_cache)
		report_warning("no %s: resolved as if ldconfig had run", map->no_cache);
	v->told_no_cache |= map->no_cache != NULL;
}

/* Says on stderr what is not as it should be. Returns the exit status that the map deserves. */
static int report_map(const struct ldd_args *args, struct view *v, const struct mkr_map *map)
{
	int status = EXIT_DONE;
	for (size_t i = 1; i < map->n; i++) {
		const struct mkr_load *l = &map->load[i];
		if (l->path || l->before_program)
			continue;
		status = EXIT_NO;
		if (!l->optional && (!v->ops->tells_missing || args->common.verbose))
			missing_report_load(v->loader, map, i);
	}
	for (const char *const *w = map->warnings; *w && !args->common.quiet; w++)
		report_warning("%s", *w);
	if (!args->common.quiet)
		report_no_cache(v, map);
	return status;
}

/* FILE is no name to look up, as in ldd; who typed one is told what it would have been. */
static void hint_at_path(const struct input *in, const char *typed, int code, struct mkr_error *err)
{
	cleanup_free char *path = NULL;
	if (code == -ENOENT && *typed && !strchr(typed, '/') &&
		input_program(in, typed, &path, NULL) == 0)
		mkr_detail(err, "hint", "in PATH there is %s", path);
}

/* One FILE. Returns the exit status that it deserves. */
static int ldd_one(
	const struct ldd_args *args, struct view *v, const struct input *in, const char *typed)
{
	struct mkr_error err;
	cleanup_free char *path = input_path(in, typed);
	const struct mkr_map *map;
	int r = mkr_loader_map(in->loader, path, &map, &err);
	if (r < 0) {
		hint_at_path(in, typed, r, &err);
		report_error(&err);
		if (v->ops->fail)
			v->ops->fail(v, typed, path, &err);
		return r == -EACCES ? EXIT_IO : EXIT_NO;
	}
	v->ops->show(v, typed, path, map);
	bool fits = !args->versions || map->is_static || ldd_versions(in->loader, map, typed);
	int status = report_map(args, v, map);
	return fits ? status : EXIT_NO;
}

/* Which view was asked for; at most one. */
static int choose_view(
	const struct ldd_args *args, const struct view_ops **out, struct mkr_error *err)
{
	const struct {
		bool on;
		const struct view_ops *ops;
	} rows[] = { { args->tree, &view_tree }, { args->list, &view_flat },
		{ args->json, &view_json }, { args->dot, &view_dot } };
	*out = &view_plain;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (!rows[i].on)
			continue;
		if (*out != &view_plain || args->versions)
			return mkr_failx(err, -EINVAL,
				"only one of -v, --tree, --list, --json and --dot can be shown");
		*out = rows[i].ops;
	}
	return 0;
}

static int show_all(const struct ldd_args *args, const struct input *in, struct view *v,
	const struct opt_rest *rest)
{
	int status = EXIT_DONE;
	view_open(v);
	for (size_t i = 0; i < rest->n; i++) {
		struct shown_name name;
		if (rest->n > 1 && v->ops == &view_plain)
			printf("%s:\n", show_name(&name, rest->operand[i]));
		int one = ldd_one(args, v, in, rest->operand[i]);
		status = one > status ? one : status;
	}
	view_close(v);
	return report_flush() ? status : EXIT_IO;
}

static int ldd_main(const void *ptr, const struct opt_rest *rest)
{
	const struct ldd_args *args = ptr;
	struct mkr_error err;
	struct view v = { .out = stdout, .color = color_wanted(args->common.color, stdout) };
	int r = choose_view(args, &v.ops, &err);
	if (r == 0 && rest->n == 0) {
		r = mkr_failx(&err, -EINVAL, "no FILE given");
		mkr_detail(&err, "hint", "mkroot ldd /bin/ls");
	}
	if (r < 0) {
		report_error(&err);
		return EXIT_USAGE;
	}
	struct input in;
	struct input_args input = args->input;
	input.honour_preload = true;
	int status = EXIT_IO;
	if (input_open(&in, &input, &err) < 0) {
		report_error(&err);
	} else {
		v.root = in.root;
		v.loader = in.loader;
		status = show_all(args, &in, &v, rest);
	}
	input_close(&in);
	return status;
}

const struct verb verb_ldd = {
	.name = "ldd",
	.synopsis = "[-S DIR] [-L PATHS] [-v] [--tree|--list|--json|--dot] FILE...",
	.help = "print what the loader would map for FILE, as ldd does, without running anything",
	.more = "With -S, FILE and PATHS are paths inside DIR. Exit status 1: a library is not "
		"found, or\n"
		"would be refused, or FILE is no ELF file.\n",
	.opts = ldd_opts,
	.args_size = sizeof(struct ldd_args),
	.failure = EXIT_USAGE,
	.main = ldd_main,
};
