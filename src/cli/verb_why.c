/* mkroot why FILE IN...: each chain from a program to FILE. */
#include "cli/input.h"
#include "cli/report.h"
#include "cli/verb.h"
#include "cli/why.h"

#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

/* More lines than anybody reads: --verbose shows all. */
enum { CHAINS_MAX = 1000 };

struct why_args {
	struct common_args common;
	struct input_args input;
	bool json;
};

#define AT(member) offsetof(struct why_args, member)
static const struct opt why_opts[] = {
	{ 'S', "sysroot", "DIR", "FILE and IN are paths inside DIR", OPT_STRING,
		AT(input.sysroot) },
	{ 0, "root", "DIR", NULL, OPT_STRING, AT(input.sysroot) },
	{ 'L', "library-path", "PATHS", "search here where LD_LIBRARY_PATH is searched", OPT_STRING,
		AT(input.library_path) },
	{ 0, "hwcaps", "WHICH", "glibc-hwcaps folders: host, none or a level [host]", OPT_STRING,
		AT(input.hwcaps) },
	{ 0, "json", NULL, "one JSON document", OPT_FLAG, AT(json) },
	{ 0, NULL, NULL, NULL, OPT_FLAG, 0 },
};

/* A folder is a root, where it is not inside one that was named with -S. */
static int ask_root(struct why *why, const struct why_args *own, const char *typed)
{
	struct input in;
	struct mkr_error err;
	struct input_args args = own->input;
	args.sysroot = typed;
	int status = EXIT_IO;
	if (input_open(&in, &args, &err) < 0)
		report_error(&err);
	else
		status = why_ask(why, &in, typed, "/", typed);
	input_close(&in);
	return status;
}

static int ask_one(
	struct why *why, const struct why_args *args, struct input *shared, const char *typed)
{
	struct mkr_error err;
	struct stat st;
	bool root = !args->input.sysroot && stat(typed, &st) == 0 && S_ISDIR(st.st_mode);
	if (root)
		return ask_root(why, args, typed);
	cleanup_free char *path = input_path(shared, typed);
	cleanup_fd int fd = mkr_root_openat(shared->root, path, O_PATH, NULL);
	if (fd < 0 && !strchr(typed, '/')) {
		free(steal_ptr(&path));
		int r = input_program(shared, typed, &path, &err);
		if (r < 0) {
			report_error(&err);
			return report_status(r);
		}
	}
	return why_ask(why, shared, typed, path, args->input.sysroot);
}

static void conclude(const struct why *why, const struct opt_rest *rest)
{
	struct shown_name file, in;
	if (why->n_chains > why->most && !why->quiet)
		report_note("%zu chains more: --verbose shows all", why->n_chains - why->most);
	if (why->n_chains || why->quiet)
		return;
	printf("no: nothing in %s%s needs %s\n", show_name(&in, rest->operand[1]),
		rest->n > 2 ? " ..." : "", show_name(&file, why->file));
	fflush(stdout);
	if (why->n_asked == 0)
		report_note("there is no program, library or script in it");
	else if (why->near)
		report_note("a similar name that is needed: %s", show_name(&file, why->near));
}

static int ask_all(struct why *why, const struct why_args *args, const struct opt_rest *rest)
{
	struct input in;
	struct mkr_error err;
	int status = EXIT_DONE;
	if (input_open(&in, &args->input, &err) < 0) {
		report_error(&err);
		input_close(&in);
		return EXIT_IO;
	}
	if (args->json) {
		emit_begin(&why->json, stdout);
		emit_text(&why->json, "schema", "mkroot.why/1");
		emit_bytes(&why->json, "file", why->file);
		emit_array(&why->json, "chains");
	}
	for (size_t i = 1; i < rest->n; i++) {
		int one = ask_one(why, args, &in, rest->operand[i]);
		status = one > status ? one : status;
	}
	input_close(&in);
	if (args->json) {
		emit_end(&why->json);
		emit_bool(&why->json, "needed", why->n_chains > 0);
		emit_finish(&why->json);
	} else if (status == EXIT_DONE || why->n_chains) {
		conclude(why, rest);
	}
	return status;
}

static int why_main(const void *ptr, const struct opt_rest *rest)
{
	const struct why_args *args = ptr;
	struct why why = { .quiet = args->common.quiet, .as_json = args->json };
	why.most = args->common.verbose ? SIZE_MAX : CHAINS_MAX;
	struct mkr_error err;
	if (rest->n < 2) {
		mkr_failx(&err, -EINVAL, "no %s given", rest->n ? "IN" : "FILE");
		mkr_detail(&err, "hint", "mkroot why libz.so.1 /usr/bin/curl");
		report_error(&err);
		return EXIT_USAGE;
	}
	why.file = rest->operand[0];
	int status = ask_all(&why, args, rest);
	free(why.near);
	if (!report_flush())
		return EXIT_IO;
	return status != EXIT_DONE ? status : why.n_chains ? EXIT_DONE : EXIT_NO;
}

const struct verb verb_why = {
	.name = "why",
	.synopsis = "[-S DIR] [-L PATHS] FILE IN...",
	.help = "show each chain from a program to FILE",
	.more = "FILE is a path, a soname or a file name. IN is a program, script or library, or a "
		"folder,\n"
		"which is taken for a root: all programs in it are asked, and the libraries that "
		"none of\n"
		"them loads. With -S, FILE and IN are inside DIR: 'mkroot why -S / libz.so.1 "
		"/usr/bin'.\n"
		"One chain for each program and each of its objects that asks for FILE itself, "
		"the\n"
		"shortest. Exit status 1: nothing needs it.\n",
	.opts = why_opts,
	.args_size = sizeof(struct why_args),
	.failure = EXIT_USAGE,
	.main = why_main,
};
