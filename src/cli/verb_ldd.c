/* mkroot ldd: what the loader would map, in ldd's words, without running anything. */
#include "cli/input.h"
#include "cli/ldd_versions.h"
#include "cli/report.h"
#include "cli/verb.h"

#include "base/cleanup.h"

#include <mkroot/loader.h>

#include <errno.h>
#include <stddef.h>
#include <string.h>

struct ldd_args {
	struct common_args common;
	struct input_args input;
	bool versions;
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

/* False: the line says that something is wrong. */
static bool print_load(const struct mkr_map *map, const struct mkr_load *load)
{
	struct shown_name name, path;
	if (load->refused)
		print_refused(map, load);
	else if (!load->path)
		printf("\t%s => not found\n", show_name(&name, load->name));
	else if (load->how == MKR_AS_PATH || strcmp(load->name, load->path) == 0)
		printf("\t%s\n", show_name(&name, load->name));
	else
		printf("\t%s => %s\n", show_name(&name, load->name), show_name(&path, load->path));
	return load->path != NULL;
}

/* What has no DT_NEEDED: for ld.so that is "statically linked", whatever PT_INTERP and LD_PRELOAD say. */
static bool needs_nothing(const struct mkr_elf *elf)
{
	for (size_t i = 0; i < elf->n_requests; i++)
		if (elf->requests[i].kind == MKR_REQUEST_NEEDED)
			return false;
	return true;
}

/* One FILE. Returns the exit status that it deserves. */
static int ldd_one(const struct ldd_args *args, struct input *in, const char *typed)
{
	struct mkr_error err;
	cleanup_free char *path = input_path(in, typed);
	const struct mkr_map *map;
	int r = mkr_loader_map(in->loader, path, &map, &err);
	if (r < 0) {
		report_error(&err);
		return r == -EACCES ? EXIT_IO : EXIT_NO;
	}
	if (map->is_static || (!map->interp_missing && needs_nothing(map->load[0].elf))) {
		puts("\tstatically linked");
		return EXIT_DONE;
	}
	bool whole = true;
	for (size_t i = 1; i < map->n; i++)
		if (!map->load[i].before_program)
			whole &= print_load(map, &map->load[i]);
	if (args->versions)
		whole &= ldd_versions(in->loader, map, typed);
	for (const char *const *w = map->warnings; *w && !args->common.quiet; w++)
		report_warning("%s", *w);
	return whole ? EXIT_DONE : EXIT_NO;
}

static int ldd_main(const void *ptr, const struct opt_rest *rest)
{
	const struct ldd_args *args = ptr;
	struct mkr_error err;
	if (rest->n == 0) {
		mkr_failx(&err, -EINVAL, "no FILE given");
		mkr_detail(&err, "hint", "mkroot ldd /bin/ls");
		report_error(&err);
		return EXIT_USAGE;
	}
	struct input in;
	struct input_args input = args->input;
	input.honour_preload = true;
	if (input_open(&in, &input, &err) < 0) {
		report_error(&err);
		input_close(&in);
		return EXIT_IO;
	}
	int status = EXIT_DONE;
	for (size_t i = 0; i < rest->n; i++) {
		struct shown_name name;
		if (rest->n > 1)
			printf("%s:\n", show_name(&name, rest->operand[i]));
		int one = ldd_one(args, &in, rest->operand[i]);
		status = one > status ? one : status;
	}
	input_close(&in);
	return report_flush() ? status : EXIT_IO;
}

const struct verb verb_ldd = {
	.name = "ldd",
	.synopsis = "[-S DIR] [-L PATHS] [-v] FILE...",
	.help = "print what the loader would map for FILE, as ldd does, without running anything",
	.more = "With -S, FILE and PATHS are paths inside DIR. Exit status 1: a library is not "
		"found, or\n"
		"would be refused, or FILE is no ELF file.\n",
	.opts = ldd_opts,
	.args_size = sizeof(struct ldd_args),
	.failure = EXIT_USAGE,
	.main = ldd_main,
};
