#include "cli/build.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "cli/bill.h"
#include "cli/build_base.h"
#include "cli/build_image.h"
#include "cli/documents.h"
#include "cli/findings.h"
#include "cli/launch.h"
#include "cli/missing.h"
#include "cli/report.h"
#include "cli/told.h"
#include "cli/try.h"
#include "cli/user.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int add_program(struct build *b, const char *typed, struct mkr_error *err)
{
	cleanup_free char *path = NULL;
	int r = input_program(&b->in, typed, &path, err);
	if (r < 0)
		return r;
	struct mkr_want want = { .why = MKR_WHY_PROGRAM, .path = path };
	r = mkr_closure_add(b->closure, &want, err);
	if (r == 0 && !b->first)
		b->first = steal_ptr(&path);
	return r;
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
static int add_all(struct build *b, const struct build_wants *w)
{
	struct mkr_error err;
	int status = EXIT_DONE;
	for (size_t i = 0; i < w->n_programs + b->args->include.n + 1; i++) {
		int r;
		if (i < w->n_programs)
			r = add_program(b, w->programs[i], &err);
		else if (i < w->n_programs + b->args->include.n)
			r = add_include(b, b->args->include.at[i - w->n_programs], &err);
		else
			r = w->add ? w->add(w->ctx, b->closure, &err) : 0;
		if (r == 0)
			continue;
		progress_clear(&b->progress);
		report_error(&err);
		int one = report_status(r);
		status = one > status ? one : status;
	}
	if (status == EXIT_DONE) {
		int r = mkr_closure_settle(b->closure, &err);
		progress_clear(&b->progress);
		if (r < 0)
			return report_failure(&err, report_status(r));
	}
	return status;
}

/* People get it on a terminal, and who asked for more: a script wants what goes wrong, and no more.
 */
static bool tells(const struct build *b)
{
	const struct common_args *common = &b->args->common;
	return !common->quiet && (common->verbose || b->args->dry_run || isatty(STDERR_FILENO));
}

static void tell_next(const struct build *b)
{
	size_t n;
	const struct mkr_map *const *maps = mkr_closure_maps(b->closure, &n);
	const struct told_output o = { .format = mkr_target_format(&b->target),
		.path = b->path,
		.typed = b->args->output,
		.machine = n ? maps[0]->load[0].elf->machine : 0,
		.is_root = geteuid() == 0 };
	cleanup_free char *next = told_next(&o);
	if (next)
		report_note("next: %s", next);
}

/* What was written, or would be. */
static void tell(const struct build *b, const struct mkr_entry *entries, size_t n)
{
	const struct build_args *args = b->args;
	struct shown_name name;
	char where[sizeof(name.text) + 4] = "";
	if (!tells(b) || (!args->dry_run && !args->output))
		return;
	if (!args->dry_run)
		snprintf(where, sizeof(where),
			"%s: ", b->path ? show_name(&name, args->output) : "standard output");
	bill_summarise(entries, n, args->dry_run ? "would write " : "wrote ", where);
	bill_summarise_sets(entries, n);
	if (!isatty(STDERR_FILENO))
		return;
	told_files(entries, n);
	if (b->path && !args->dry_run && !args->run)
		tell_next(b);
}

static int write_output(struct build *b, struct mkr_error *err)
{
	size_t n = b->n;
	const struct mkr_entry *entries = b->entries;
	b->progress.files = n;
	for (size_t i = 0; i < n; i++)
		b->progress.bytes += entries[i].target ? 0 : entries[i].size;
	b->target.progress = b->progress.on ? progress_write : NULL;
	b->target.progress_ctx = &b->progress;
	/* Of what is written, or, where that is in two layers, of what is there in the end. */
	size_t n_told = n;
	const struct mkr_entry *told =
		b->image.n_base ? mkr_plan_entries(b->whole, &n_told) : entries;
	b->target.record = documents_begin(b->documents, told, n_told, b->closure,
		b->policy.clamp ? &b->policy.epoch : NULL, &b->target);
	int r = mkr_write(entries, n, &b->target, NULL, err);
	progress_clear(&b->progress);
	return r < 0 ? r : documents_finish(b->documents, err);
}

static int write_plan(struct build *b)
{
	const struct build_args *args = b->args;
	struct mkr_error err;
	size_t n = b->n;
	const struct mkr_entry *entries = b->entries;
	if (args->dry_run) {
		bill_print(stdout, entries, n);
		if (!report_flush())
			return EXIT_IO;
		tell(b, entries, n);
		return EXIT_DONE;
	}
	if (args->common.verbose)
		bill_print(stderr, entries, n);
	if (write_output(b, &err) < 0)
		return report_failure(&err, EXIT_IO);
	tell(b, entries, n);
	return EXIT_DONE;
}

static int open_closure(struct build *b, const struct build_wants *w)
{
	const struct build_args *args = b->args;
	struct mkr_error err;
	struct mkr_user user;
	struct mkr_closure_opts opts = { .exclude = args->exclude.at,
		.with = build_with(b, w->with),
		.users = &user,
		.hwcaps = args->input.hwcaps,
		.look = b->progress.on ? progress_look : NULL,
		.look_ctx = &b->progress };
	if (user_from_words(&user, args->user, &opts.n_users, &err) < 0)
		return report_failure(&err, EXIT_USAGE);
	struct stat st;
	if (b->path && stat(b->path, &st) == 0 && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))) {
		opts.output_dev = st.st_dev;
		opts.output_ino = st.st_ino;
	}
	int r = mkr_closure_new(&b->closure, b->in.root, b->in.loader, &opts, &err);
	if (r < 0)
		return report_failure(&err, r == -EINVAL ? EXIT_USAGE : EXIT_IO);
	return EXIT_DONE;
}

static void print_talk(const struct build *b)
{
	const char *const *text = mkr_closure_warnings(b->closure);
	for (; *text && !b->args->common.quiet; text++)
		report_warning("%s", *text);
	text = mkr_closure_notes(b->closure);
	for (; *text && b->args->common.verbose; text++)
		report_note("%s", *text);
}

static void print_plan_warnings(const struct build *b)
{
	const char *const *text = mkr_plan_warnings(b->plan);
	for (; *text && !b->args->common.quiet; text++)
		report_warning("%s", *text);
}

int build_finish(struct build *b, const struct build_wants *w)
{
	const struct build_args *args = b->args;
	struct mkr_error err;
	progress_begin(&b->progress, args->common.quiet);
	int status = open_closure(b, w);
	if (status == EXIT_DONE && b->adds)
		status = add_all(b, w);
	progress_clear(&b->progress);
	if (status != EXIT_DONE)
		return status;
	print_talk(b);
	bool missing = missing_report(b->closure, b->in.loader) > 0;
	if (missing && !args->keep_going && !args->dry_run)
		return EXIT_NO;
	int r = 0;
	if (b->adds)
		r = mkr_plan_make(&b->plan, b->closure, &b->policy, &err);
	else
		b->plan = mkr_plan_empty(); /* a closure of nothing has the usr-merge's links */
	if (r < 0)
		return report_failure(&err, report_status(r));
	print_plan_warnings(b);
	if (build_lay(b, &err) < 0)
		return report_failure(&err, EXIT_IO);
	if (!findings_of_plan(b->closure, b->whole, args->common.quiet)) {
		missing = true;
		if (!args->keep_going && !args->dry_run)
			return EXIT_NO;
	}
	if (build_settle_image(b, &err) < 0)
		return report_failure(&err, EXIT_USAGE);
	bool tries = args->try.n && !args->dry_run;
	/* What is in the folder already takes part: the result is only there once it is written. */
	if (tries && !b->folder && !try_plan(b->whole, args->try.at))
		return EXIT_NO;
	status = write_plan(b);
	if (status == EXIT_DONE && tries && b->folder && !try_root(b->path, args->try.at))
		return EXIT_NO;
	return status == EXIT_DONE && missing ? EXIT_NO : status;
}

int build_run(struct build *b, const char *const *cmd, const char *first)
{
	struct mkr_error err;
	cleanup_free char *path = NULL;
	int status = EXIT_DONE;
	const char *one[2] = { NULL, NULL };
	if (!cmd && first && input_program(&b->in, first, &path, &err) == 0)
		one[0] = path;
	char held[64];
	snprintf(held, sizeof(held), "/proc/self/fd/%d", b->target.fd);
	const char *ref = b->args->output ? b->args->output : held;
	struct launch_args defaults = { 0 };
	if (launch(ref, cmd ? cmd : one[0] ? one : NULL, &defaults, &status, &err) < 0)
		report_error(&err);
	return status;
}
