/* What a build is asked for: all that can be wrong before the long work. */
#include "cli/build.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "cli/build_base.h"
#include "cli/build_image.h"
#include "cli/documents.h"
#include "cli/policy.h"
#include "cli/report.h"
#include "cli/words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

DEFINE_CLEANUP(arena, arena_free);

static void warn_line(void *ctx, const char *text)
{
	struct build *b = ctx;
	progress_clear(&b->progress);
	if (!b->args->common.quiet)
		report_warning("%s", text);
}

/* Before the long work: a command that is none is wrong usage. */
static int check_tries(const struct build_args *args, struct mkr_error *err)
{
	cleanup_(arena) struct arena *arena = arena_new();
	const char *const *words;
	int r = 0;
	for (size_t i = 0; i < args->try.n && r == 0; i++)
		r = words_split(&words, arena, args->try.at[i], err);
	return r < 0 ? mkr_wrap(err, r, "--try") : 0;
}

static int check_args(const struct build_args *args, bool has_wants, struct mkr_error *err)
{
	if (!has_wants && args->include.n == 0 && !args->base) {
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

/* Is there anything that a base would not have? A user that is a mere number has no line anywhere.
 */
static bool adds(const struct build_args *args, bool has_wants)
{
	bool named = args->user && strspn(args->user, "0123456789:") < strlen(args->user);
	return has_wants || args->include.n || args->with.n || named;
}

/* Without -o the result is a tar that only this process and what it starts ever see. */
static void hold_output(struct build *b)
{
	b->held = b->args->run && !b->args->output ? memfd_create("root", MFD_CLOEXEC) : -1;
	if (b->held < 0)
		return;
	b->target.output = "-";
	b->target.fd = b->held;
}

/* A root is built to travel: what is resolved is the baseline, variants come beside it. */
static int open_input(struct build *b, struct mkr_error *err)
{
	struct input_args input = b->args->input;
	input.hwcaps = "none";
	input.set_id = true;
	return input_open(&b->in, &input, err);
}

int build_begin(struct build *b, const struct build_args *args, bool has_wants)
{
	struct mkr_error err;
	*b = (struct build){ .args = args, .held = -1 };
	b->target = (struct mkr_target){ .output = args->output,
		.home = getenv("HOME"),
		.level = args->level ? args->level : -1,
		.threads = (unsigned)args->jobs,
		.warn = warn_line,
		.warn_ctx = b };
	if (check_args(args, has_wants, &err) < 0 || check_tries(args, &err) < 0 ||
		policy_from_words(&b->policy, args->owner, &err) < 0 ||
		build_begin_image(b, &err) < 0)
		return report_failure(&err, EXIT_USAGE);
	if (args->output && !args->dry_run) {
		int r = mkr_target_check(&b->target, &err);
		if (r < 0)
			return report_failure(
				&err, r == -EINVAL || r == -EPERM ? EXIT_USAGE : EXIT_IO);
	}
	/* What is in a folder already goes on working. */
	bool folder = false;
	b->path = args->output ? mkr_target_path(&b->target, &folder) : NULL;
	if (documents_new(&b->documents, args, b->path, &err) < 0)
		return report_failure(&err, EXIT_USAGE);
	if (documents_check(b->documents, &err) < 0)
		return report_failure(&err, EXIT_IO);
	if (folder && mkr_root_open(&b->folder, b->path, NULL) == 0)
		b->policy.target = b->folder;
	b->adds = !args->base || adds(args, has_wants);
	b->adds_files = has_wants || args->include.n;
	int r = build_begin_base(b, &err);
	if (r < 0)
		return report_failure(&err, r == -EINVAL ? EXIT_USAGE : EXIT_IO);
	hold_output(b);
	return open_input(b, &err) == 0 ? EXIT_DONE : report_failure(&err, EXIT_IO);
}

void build_free(struct build *b)
{
	documents_free(b->documents);
	build_free_base(b);
	mkr_plan_free(b->plan);
	mkr_closure_free(b->closure);
	arena_free(b->arena);
	free(b->first);
	free(b->runtime);
	free(b->path);
	mkr_root_free(b->folder);
	input_close(&b->in);
	if (b->held >= 0)
		close(b->held);
}
