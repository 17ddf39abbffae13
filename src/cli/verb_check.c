/* mkroot check ROOT: does all that is in it resolve inside it? */
#include "cli/color.h"
#include "cli/findings.h"
#include "cli/input.h"
#include "cli/report.h"
#include "cli/verb.h"

#include "base/cleanup.h"

#include <mkroot/check.h>

#include <errno.h>
#include <stddef.h>
#include <string.h>

struct check_args {
	struct common_args common;
	struct input_args input;
	bool strict, json;
};

DEFINE_CLEANUP(mkr_findings, mkr_findings_free);

#define AT(member) offsetof(struct check_args, member)
static const struct opt check_opts[] = {
	{ 0, "strict", NULL, "what may be meant so is an error too", OPT_FLAG, AT(strict) },
	{ 'L', "library-path", "PATHS", "folders of ROOT, searched where LD_LIBRARY_PATH is",
		OPT_STRING, AT(input.library_path) },
	{ 0, "hwcaps", "WHICH", "glibc-hwcaps folders: host, none or a level [none]", OPT_STRING,
		AT(input.hwcaps) },
	{ 0, "json", NULL, "one JSON document", OPT_FLAG, AT(json) },
	{ 0, NULL, NULL, NULL, OPT_FLAG, 0 },
};

static int check_rest(const struct opt_rest *rest, struct mkr_error *err)
{
	if (rest->n != 1) {
		mkr_failx(err, -EINVAL, rest->n ? "only one ROOT can be checked" : "no ROOT given");
		mkr_detail(err, "hint", "mkroot check root/");
		return -EINVAL;
	}
	return 0;
}

static void print_json(const char *typed, const struct mkr_findings *f, bool strict)
{
	struct json j;
	emit_begin(&j, stdout);
	emit_text(&j, "schema", "mkroot.check/1");
	emit_bytes(&j, "root", typed);
	emit_bool(&j, "strict", strict);
	findings_json(&j, f);
	emit_finish(&j);
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static void summarise(const char *typed, const struct mkr_findings *f)
{
	report_note("%s: %zu program%s, %zu librar%s, %zu script%s, %zu link%s: %zu error%s, "
		    "%zu warning%s",
		typed, f->n_programs, plural(f->n_programs), f->n_libraries,
		f->n_libraries == 1 ? "y" : "ies", f->n_scripts, plural(f->n_scripts), f->n_links,
		plural(f->n_links), f->n_errors, plural(f->n_errors), f->n_warnings,
		plural(f->n_warnings));
}

static int check(const struct check_args *args, const struct input *in, const char *typed)
{
	struct mkr_error err;
	cleanup_(mkr_findings) struct mkr_findings *f = NULL;
	if (mkr_check_root(&f, in->root, in->loader, args->strict, &err) < 0) {
		report_error(&err);
		return EXIT_IO;
	}
	if (args->json)
		print_json(typed, f, args->strict);
	else
		findings_print(
			stdout, f, !args->common.quiet, color_wanted(args->common.color, stdout));
	if (!report_flush())
		return EXIT_IO;
	if (!args->common.quiet && !args->json)
		summarise(typed, f);
	/* What could not be read could not be found wanting. */
	return f->n_errors ? EXIT_NO : f->n_unread ? EXIT_IO : EXIT_DONE;
}

static int check_main(const void *ptr, const struct opt_rest *rest)
{
	const struct check_args *args = ptr;
	struct mkr_error err;
	if (check_rest(rest, &err) < 0) {
		report_error(&err);
		return EXIT_USAGE;
	}
	struct input in;
	struct input_args input = args->input;
	input.sysroot = rest->operand[0];
	input.honour_preload = true;
	int status = EXIT_IO;
	if (input_open(&in, &input, &err) < 0)
		report_error(&err);
	else
		status = check(args, &in, rest->operand[0]);
	input_close(&in);
	return status;
}

const struct verb verb_check = {
	.name = "check",
	.synopsis = "[--strict] ROOT",
	.help = "do all programs, libraries and scripts inside ROOT resolve inside ROOT?",
	.more = "ROOT is a folder, or a tar or an image as run takes them. One line for each "
		"finding; with --quiet only errors. A library "
		"that no\n"
		"program in ROOT loads may be a plug-in: what it misses is an error when ROOT has "
		"no such\n"
		"file at all, else a warning. --strict makes errors of that, of dangling links, of "
		"broken\n"
		"files and of $ORIGIN in set-id programs, and looks at the owner and mode of ROOT "
		"itself.\n"
		"Exit status 1: there are errors; 3: there are none, but not all could be read.\n",
	.opts = check_opts,
	.args_size = sizeof(struct check_args),
	.failure = EXIT_USAGE,
	.main = check_main,
};
