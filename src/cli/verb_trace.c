/* mkroot trace [BUILD OPTION...] -o OUTPUT [--] CMD [ARG...] */
#include "base/arena.h"
#include "base/cleanup.h"
#include "cli/build.h"
#include "cli/documents.h"
#include "cli/report.h"
#include "cli/same_file.h"
#include "cli/shadow.h"
#include "cli/trace_list.h"

#include <mkroot/run.h>
#include <mkroot/trace.h>

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

DEFINE_CLEANUP(arena, arena_free);
DEFINE_CLEANUP(mkr_trace, mkr_trace_free);
DEFINE_CLEANUP(mkr_uses, mkr_uses_free);

struct trace_args {
	struct build_args build;
	struct opt_list add;
	const char *save;
	bool home;
};

struct job {
	const struct trace_args *args;
	struct arena *arena;
	struct build *build;
	struct mkr_trace *trace;
};

static int check_args(
	const struct trace_args *args, const struct opt_rest *rest, struct mkr_error *err)
{
	if (rest->n == 0) {
		mkr_failx(err, -EINVAL, "no CMD given");
		mkr_detail(err, "hint", "mkroot trace -o root.tar -- CMD [ARG...]");
		return -EINVAL;
	}
	if (args->build.input.sysroot)
		return mkr_failx(
			err, -EINVAL, "-S does not go with trace: the command runs on this system");
	const char *document = documents_on_stdout(&args->build);
	if (document)
		return mkr_failx(err, -EINVAL,
			"trace and %s - do not go together: standard output is the command's",
			document);
	if (args->build.output && strcmp(args->build.output, "-") == 0)
		return mkr_failx(err, -EINVAL,
			"trace and -o - do not go together: standard output is the command's");
	return 0;
}

static const char *use_words(enum mkr_use use)
{
	switch (use) {
	case MKR_USE_LINK:
	case MKR_USE_LOOKED:
		return "looked at in the trace";
	case MKR_USE_OPENED:
		return "opened in the trace";
	case MKR_USE_EXECUTED:
		break;
	}
	return "executed in the trace";
}

static int add_made(struct job *j, struct mkr_closure *c, const char *path, struct mkr_error *err)
{
	struct mkr_want want = { .why = MKR_WHY_MADE,
		.path = path,
		.because = "made: as the old one, without passwords" };
	want.data = shadow_without_passwords(j->build->in.root, j->arena, path, &want.size);
	return want.data ? mkr_closure_add(c, &want, err) : 0;
}

static int add_wants(void *ctx, struct mkr_closure *c, struct mkr_error *err)
{
	struct job *j = ctx;
	size_t n;
	int r = 0;
	const struct mkr_used *used = mkr_uses_list(mkr_trace_used(j->trace), &n);
	for (size_t i = 0; i < n && r == 0; i++) {
		struct mkr_want want = { .why = MKR_WHY_TRACE,
			.path = used[i].path,
			.because = use_words(used[i].use),
			.link = used[i].use == MKR_USE_LINK };
		r = mkr_closure_add(c, &want, err);
	}
	const struct mkr_left_out *left = mkr_trace_left_out(j->trace, &n);
	for (size_t i = 0; i < n && r == 0; i++)
		if (left[i].why == MKR_LEFT_SHADOW)
			r = add_made(j, c, left[i].path, err);
	return r;
}

/* By enum mkr_left. */
static const char *const left_words[MKR_LEFT_REASONS] = {
	"below /proc, /sys, /dev or /run",
	"in a home folder",
	"keys or tokens",
	"hashes of passwords",
	"sockets or devices",
	"of the output",
	"made by the command",
};

static void report_left_out(const struct job *j)
{
	size_t n, count[MKR_LEFT_REASONS] = { 0 };
	char line[512] = "";
	const struct common_args *common = &j->args->build.common;
	const struct mkr_left_out *left = mkr_trace_left_out(j->trace, &n);
	for (size_t i = 0; i < n; i++) {
		struct shown_name name;
		count[left[i].why]++;
		if (common->verbose)
			report_note("left out: %s (%s)", show_name(&name, left[i].path),
				left_words[left[i].why]);
	}
	size_t used = 0;
	for (size_t i = 0; i < MKR_LEFT_REASONS; i++)
		if (count[i])
			used += (size_t)snprintf(line + used, sizeof(line) - used, "%s%zu %s",
				used ? ", " : "", count[i], left_words[i]);
	if (used && !common->quiet)
		report_note(
			"left out: %s%s", line, common->verbose ? "" : " (--verbose names them)");
}

/* Has the program powers that it had not in the trace? */
static bool has_powers(const char *path)
{
	struct stat st;
	return (stat(path, &st) == 0 && (st.st_mode & (S_ISUID | S_ISGID))) ||
		getxattr(path, "security.capability", NULL, 0) > 0;
}

static void report_unseen(const struct job *j)
{
	size_t n;
	struct shown_name name;
	const struct mkr_used *used = mkr_uses_list(mkr_trace_used(j->trace), &n);
	for (size_t i = 0; mkr_trace_unprivileged(j->trace) && i < n; i++) {
		if (used[i].use != MKR_USE_EXECUTED || !has_powers(used[i].path))
			continue;
		report_warning("%s ran without its set-ID bits or capabilities: only root's trace "
			       "keeps them",
			show_name(&name, used[i].path));
		break;
	}
	size_t unseen = mkr_trace_unseen(j->trace);
	if (unseen)
		report_warning("%zu calls were not seen: of processes in another root, or whose "
			       "memory is closed to you",
			unseen);
}

static int judge(struct job *j, struct mkr_error *err)
{
	const struct trace_args *args = j->args;
	struct stat st;
	const char *homes[3] = { NULL, NULL, NULL };
	size_t n = 0;
	if (getenv("HOME"))
		homes[n++] = getenv("HOME");
	homes[n] = shadow_home(j->build->in.root, j->arena, geteuid());
	struct mkr_trace_rules rules = { .root = j->build->in.root,
		.homes = args->home ? NULL : homes };
	if (j->build->path && stat(j->build->path, &st) == 0 &&
		(S_ISDIR(st.st_mode) || S_ISREG(st.st_mode))) {
		rules.output_dev = st.st_dev;
		rules.output_ino = st.st_ino;
	}
	return mkr_trace_judge(j->trace, &rules, err);
}

/* --save and no OUTPUT: the list is the result. */
static bool list_only(const struct trace_args *args)
{
	const struct build_args *b = &args->build;
	return args->save && !b->output && !b->run && !b->dry_run;
}

/* The command has ended: what is made of it. False: something failed, and was said. */
static bool make_root(struct job *j, const struct mkr_uses *earlier)
{
	const struct trace_args *args = j->args;
	struct mkr_error err;
	mkr_trace_add(j->trace, earlier);
	int r = judge(j, &err);
	if (r == 0 && args->save)
		r = trace_list_write(mkr_trace_used(j->trace), args->save, &err);
	if (r < 0) {
		report_error(&err);
		return false;
	}
	report_left_out(j);
	if (!args->build.common.quiet)
		report_unseen(j);
	struct build_wants wants = { .add = add_wants, .ctx = j, .with = "none" };
	return list_only(args) || build_finish(j->build, &wants) == EXIT_DONE;
}

/* What is written afterwards would take the list's place. */
static int check_save(const struct job *j, struct mkr_error *err)
{
	const char *save = j->args->save;
	if (!save)
		return 0;
	if (j->build->path && is_same_file(save, j->build->path))
		return mkr_failx(err, -EINVAL, "--save '%s' is the output itself", save);
	const char *option = documents_named(j->build->documents, save);
	return option
		? mkr_failx(err, -EINVAL, "--save %s and %s do not go together: both are one file",
			  save, option)
		: 0;
}

static int trace(struct job *j, const char *const *cmd)
{
	const struct trace_args *args = j->args;
	struct mkr_error err;
	int status;
	cleanup_(mkr_uses) struct mkr_uses *earlier = mkr_uses_new();
	for (size_t i = 0; i < args->add.n; i++) {
		if (trace_list_read(earlier, args->add.at[i], &err) < 0) {
			report_error(&err);
			return MKR_EXIT_LAUNCHER;
		}
	}
	struct build_args build = args->build;
	build.dry_run |= list_only(args);
	if (build_begin(j->build, &build, true) != EXIT_DONE)
		return MKR_EXIT_LAUNCHER;
	if (check_save(j, &err) < 0) {
		report_error(&err);
		return MKR_EXIT_LAUNCHER;
	}
	fflush(NULL); /* the command's output comes behind ours */
	if (mkr_trace(&j->trace, cmd, &status, &err) < 0) {
		report_error(&err);
		return status;
	}
	if (!make_root(j, earlier))
		return MKR_EXIT_LAUNCHER;
	if (args->build.run && !args->build.dry_run)
		return build_run(j->build, cmd, NULL);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int trace_main(const void *ptr, const struct opt_rest *rest)
{
	cleanup_(arena) struct arena *arena = arena_new();
	struct build build = { .held = -1 };
	struct job j = { .args = ptr, .arena = arena, .build = &build };
	struct mkr_error err;
	if (check_args(j.args, rest, &err) < 0) {
		report_error(&err);
		return MKR_EXIT_LAUNCHER;
	}
	int status = trace(&j, rest->operand);
	build_free(&build);
	mkr_trace_free(j.trace);
	return status;
}

#define AT(member) offsetof(struct trace_args, member)
static const struct opt trace_opts[] = {
	{ 0, "add", "LIST", "also what earlier runs used, as --save wrote it; may repeat", OPT_LIST,
		AT(add) },
	{ 0, "save", "LIST", "write what was used to LIST, a text file", OPT_STRING, AT(save) },
	{ 0, "home", NULL, "also what lies in your home folder", OPT_FLAG, AT(home) },
	{ 'f', "follow", NULL, NULL, OPT_IGNORED, 0 },
	{ 0, NULL, NULL, NULL, OPT_FLAG, 0 },
};

const struct verb verb_trace = {
	.name = "trace",
	.synopsis = "[BUILD OPTION...] -o OUTPUT [--] CMD [ARG...]",
	.help = "run a command, and put all that it used into a root",
	.more = "CMD runs on this system, as it would without mkroot. Each file that it or a child "
		"opens,\n"
		"executes or looks at comes into the root, with what ld.so would load for it; of a "
		"folder\n"
		"the folder alone. Options are build's and those above; --with is none unless "
		"given, in\n"
		"OCI and docker outputs packages. Never taken: what CMD made itself, what lies "
		"below "
		"/proc\n"
		"/sys /dev /run, sockets, keys and tokens (.ssh .gnupg .netrc ...), hashes of "
		"passwords, and\n"
		"home folders without --home.\n"
		"The exit status is CMD's, 128+N when signal N killed it, 125 when mkroot itself "
		"failed,\n"
		"126 when CMD cannot be executed, 127 when it is not there.\n",
	.print_more = build_print_words,
	.opts = trace_opts,
	.shared_opts = build_opts,
	.args_size = sizeof(struct trace_args),
	.order = OPT_STOP_AT_OPERAND,
	.failure = MKR_EXIT_LAUNCHER,
	.main = trace_main,
};
