/* mkroot build: programs in, a root out. */
#include "cli/findings.h"
#include "cli/bill.h"
#include "cli/input.h"
#include "cli/launch.h"
#include "cli/missing.h"
#include "cli/policy.h"
#include "cli/report.h"
#include "cli/verb.h"

#include "base/cleanup.h"

#include <mkroot/closure.h>
#include <mkroot/plan.h>
#include <mkroot/sink.h>

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct build_args {
	struct common_args common;
	struct input_args input;
	const char *output, *owner;
	struct opt_list include, exclude;
	bool dry_run, keep_going, run;
	int level, jobs;
};

#define AT(member) offsetof(struct build_args, member)
static const struct opt build_opts[] = {
	{ 'o', "output", "OUTPUT",
		"a folder, x.tar, x.tar.gz, x.tar.xz, x.tar.zst, or - (see below)", OPT_STRING,
		AT(output) },
	{ 0, "run", NULL, "start the result: the command behind --, or the first PROGRAM", OPT_FLAG,
		AT(run) },
	{ 'S', "sysroot", "DIR", "take everything from DIR, of any architecture [/]", OPT_STRING,
		AT(input.sysroot) },
	{ 0, "root", "DIR", NULL, OPT_STRING, AT(input.sysroot) },
	{ 'L', "library-path", "PATHS", "search here where LD_LIBRARY_PATH is searched", OPT_STRING,
		AT(input.library_path) },
	{ 'i', "include", "PATH[:DEST]", "also this file or folder, and what it needs; may repeat",
		OPT_LIST, AT(include) },
	{ 'x', "exclude", "GLOB", "leave out what matches; may repeat", OPT_LIST, AT(exclude) },
	{ 0, "hwcaps", "WHICH",
		"glibc-hwcaps variants beside the baseline: all, none, host or a level [all]",
		OPT_STRING, AT(input.hwcaps) },
	{ 0, "preload", "PATHS", "libraries that are loaded first, as LD_PRELOAD", OPT_STRING,
		AT(input.preload) },
	{ 0, "owner", "WHO", "keep, root or UID:GID [keep]", OPT_STRING, AT(owner) },
	{ 'n', "dry-run", NULL, "list path, size and reason; write nothing", OPT_FLAG,
		AT(dry_run) },
	{ 'k', "keep-going", NULL, "write although something is missing (still exit 1)", OPT_FLAG,
		AT(keep_going) },
	{ 0, "level", "N", "compression level [gzip 6, xz 6, zstd 3]", OPT_INT, AT(level) },
	{ 'j', "jobs", "N", "threads for compression [all CPUs]", OPT_INT, AT(jobs) },
	{ 0, NULL, NULL, NULL, OPT_FLAG, 0 },
};

struct build {
	const struct build_args *args;
	struct input in;
	struct mkr_closure *closure;
	struct mkr_plan *plan;
	struct mkr_target target;
	const char *path; /* of the target; NULL: standard output */
	struct mkr_root *folder; /* the target, when it is a folder that is there */
	const char *const *programs;
	size_t n_programs;
	const char *const *cmd; /* --run: what to start; ends with NULL */
};

static int usage(const struct mkr_error *err)
{
	report_error(err);
	return EXIT_USAGE;
}

static void warn_line(void *ctx, const char *text)
{
	const struct build_args *args = ctx;
	if (!args->common.quiet)
		report_warning("%s", text);
}

static int add_program(struct build *b, const char *typed, struct mkr_error *err)
{
	cleanup_free char *path = NULL;
	int r = input_program(&b->in, typed, &path, err);
	if (r < 0)
		return r;
	struct mkr_want want = { .why = MKR_WHY_PROGRAM, .path = path };
	return mkr_closure_add(b->closure, &want, err);
}

static int add_include(struct build *b, const char *typed, struct mkr_error *err)
{
	cleanup_free char *text = strdup(typed);
	if (!text)
		abort();
	char *colon = strrchr(text, ':');
	if (colon)
		*colon = '\0';
	if (!*text)
		return mkr_failx(err, -EINVAL, "-i takes PATH or PATH:DEST, not '%s'", typed);
	cleanup_free char *path = input_path(&b->in, text);
	struct mkr_want want = {
		.why = MKR_WHY_INCLUDE, .path = path, .dest = colon && colon[1] ? colon + 1 : NULL
	};
	return mkr_closure_add(b->closure, &want, err);
}

/* All programs are looked at, so that one call names all that is wrong. */
static int add_all(struct build *b)
{
	struct mkr_error err;
	int status = EXIT_DONE;
	for (size_t i = 0; i < b->n_programs + b->args->include.n; i++) {
		bool program = i < b->n_programs;
		int r = program ? add_program(b, b->programs[i], &err)
				: add_include(b, b->args->include.at[i - b->n_programs], &err);
		if (r == 0)
			continue;
		report_error(&err);
		int one = report_status(r);
		status = one > status ? one : status;
	}
	return status;
}

static int write_plan(struct build *b)
{
	const struct build_args *args = b->args;
	struct mkr_error err;
	size_t n;
	const struct mkr_entry *entries = mkr_plan_entries(b->plan, &n);
	if (args->dry_run) {
		bill_print(stdout, entries, n);
		if (!report_flush())
			return EXIT_IO;
		if (!args->common.quiet)
			bill_summarise(entries, n, "would write ", "");
		return EXIT_DONE;
	}
	if (args->common.verbose)
		bill_print(stderr, entries, n);
	int r = mkr_write(entries, n, &b->target, NULL, &err);
	if (r < 0) {
		report_error(&err);
		return EXIT_IO;
	}
	if (!args->common.quiet && args->output && strcmp(args->output, "-") != 0) {
		struct shown_name name;
		char where[sizeof(name.text) + 4];
		snprintf(where, sizeof(where), "%s: ", show_name(&name, args->output));
		bill_summarise(entries, n, "wrote ", where);
	}
	return EXIT_DONE;
}

/* From an open input to a written output. */
static int build(struct build *b, const struct mkr_policy *policy)
{
	const struct build_args *args = b->args;
	struct mkr_error err;
	struct mkr_closure_opts opts = { .exclude = args->exclude.at,
		.hwcaps = args->input.hwcaps };
	struct stat st;
	if (b->path && stat(b->path, &st) == 0 && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))) {
		opts.output_dev = st.st_dev;
		opts.output_ino = st.st_ino;
	}
	if (mkr_closure_new(&b->closure, b->in.root, b->in.loader, &opts, &err) < 0) {
		report_error(&err);
		return EXIT_IO;
	}
	int status = add_all(b);
	if (status != EXIT_DONE)
		return status;
	const char *const *text = mkr_closure_warnings(b->closure);
	for (; *text && !args->common.quiet; text++)
		report_warning("%s", *text);
	text = mkr_closure_notes(b->closure);
	for (; *text && args->common.verbose; text++)
		report_note("%s", *text);
	bool missing = missing_report(b->closure, b->in.loader) > 0;
	if (missing && !args->keep_going && !args->dry_run)
		return EXIT_NO;
	int r = mkr_plan_make(&b->plan, b->closure, policy, &err);
	if (r < 0) {
		report_error(&err);
		return report_status(r);
	}
	if (!findings_of_plan(b->closure, b->plan, args->common.quiet)) {
		missing = true;
		if (!args->keep_going && !args->dry_run)
			return EXIT_NO;
	}
	status = write_plan(b);
	return status == EXIT_DONE && missing ? EXIT_NO : status;
}

/* What --run starts: the words behind "--", or the first program. */
static void split_operands(struct build *b, const struct opt_rest *rest)
{
	b->programs = rest->operand;
	b->n_programs = b->args->run ? rest->dashes : rest->n;
	if (rest->n > b->n_programs)
		b->cmd = rest->operand + b->n_programs;
}

/* Starts what was written. Returns the exit status to pass on. */
static int run_result(struct build *b)
{
	struct mkr_error err;
	cleanup_free char *first = NULL;
	int status = EXIT_DONE;
	const char *one[2] = { NULL, NULL };
	if (!b->cmd && b->n_programs && input_program(&b->in, b->programs[0], &first, &err) == 0)
		one[0] = first;
	const char *const *cmd = b->cmd ? b->cmd : one[0] ? one : NULL;
	char held[64];
	snprintf(held, sizeof(held), "/proc/self/fd/%d", b->target.fd);
	const char *ref = b->args->output ? b->args->output : held;
	struct launch_args defaults = { 0 };
	if (launch(ref, cmd, &defaults, &status, &err) < 0)
		report_error(&err);
	return status;
}

static int check_args(
	const struct build_args *args, const struct opt_rest *rest, struct mkr_error *err)
{
	if ((args->run ? rest->dashes : rest->n) + args->include.n == 0) {
		mkr_failx(err, -EINVAL, "no PROGRAM given");
		mkr_detail(err, "hint", "mkroot /bin/bash /bin/ls -o root.tar");
		return -EINVAL;
	}
	const char *hwcaps = args->input.hwcaps;
	if (hwcaps && strcmp(hwcaps, "all") != 0 && strcmp(hwcaps, "none") != 0 &&
		strcmp(hwcaps, "host") != 0 && !mkr_hwcaps_known(hwcaps))
		return mkr_failx(err, -EINVAL,
			"--hwcaps is all, none, host or a level such as x86-64-v3, not '%s'",
			hwcaps);
	if (!args->output && !args->dry_run && !args->run) {
		mkr_failx(err, -EINVAL, "no OUTPUT given");
		mkr_detail(err, "hint",
			"add -o root/ or -o root.tar, or -n to see what would be in it");
		return -EINVAL;
	}
	if (args->run && args->output && strcmp(args->output, "-") == 0)
		return mkr_failx(err, -EINVAL,
			"--run and -o - do not go together: standard output is the command's");
	return 0;
}

static int build_main(const void *ptr, const struct opt_rest *rest)
{
	const struct build_args *args = ptr;
	struct mkr_error err;
	struct mkr_policy policy = { 0 };
	struct build b = { .args = args };
	split_operands(&b, rest);
	b.target = (struct mkr_target){ .output = args->output,
		.home = getenv("HOME"),
		.level = args->level ? args->level : -1,
		.threads = (unsigned)args->jobs,
		.warn = warn_line,
		.warn_ctx = (void *)(uintptr_t)args };
	if (check_args(args, rest, &err) < 0 || policy_from_words(&policy, args->owner, &err) < 0)
		return usage(&err);
	if (args->output && !args->dry_run) {
		int r = mkr_target_check(&b.target, &err);
		if (r < 0) {
			report_error(&err);
			return r == -EINVAL || r == -EPERM ? EXIT_USAGE : EXIT_IO;
		}
	}
	/* What is in a folder already goes on working. */
	bool folder = false;
	b.path = args->output ? mkr_target_path(&b.target, &folder) : NULL;
	if (folder && mkr_root_open(&b.folder, b.path, NULL) == 0)
		policy.target = b.folder;
	/* Without -o the result is a tar that only this process and what it starts ever see. */
	cleanup_fd int held = args->run && !args->output ? memfd_create("root", MFD_CLOEXEC) : -1;
	if (held >= 0) {
		b.target.output = "-";
		b.target.fd = held;
	}
	/* A root is built to travel: what is resolved is the baseline, variants come beside it. */
	struct input_args input = args->input;
	input.hwcaps = "none";
	input.set_id = true;
	int status = EXIT_IO;
	if (input_open(&b.in, &input, &err) < 0)
		report_error(&err);
	else
		status = build(&b, &policy);
	if (status == EXIT_DONE && args->run && !args->dry_run)
		status = run_result(&b);
	mkr_plan_free(b.plan);
	mkr_closure_free(b.closure);
	mkr_root_free(b.folder);
	input_close(&b.in);
	return status;
}

const struct verb verb_build = {
	.name = "build",
	.synopsis = "[OPTION...] PROGRAM... -o OUTPUT",
	.help = "put programs and all they need into a root",
	.more = "PROGRAM is a path, or a name looked up in PATH (inside DIR with -S): an ELF "
		"program, a\n"
		"script, or a shared library. OUTPUT is a folder (root/, dir:PATH, or a name "
		"without a\n"
		"suffix), which is added to, or an archive (x.tar, tar:PATH; - is a tar on "
		"standard\n"
		"output), which is replaced once the new one is whole. Links, owners, modes, times "
		"and\n"
		"file capabilities are kept. With SOURCE_DATE_EPOCH, no time is newer than that.\n",
	.opts = build_opts,
	.args_size = sizeof(struct build_args),
	.failure = EXIT_USAGE,
	.main = build_main,
};
