#include "cli/try.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "cli/launch.h"
#include "cli/report.h"
#include "cli/words.h"

#include <mkroot/sink.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

DEFINE_CLEANUP(arena, arena_free);

/* Standard input and output for the time of a try: with "-o -" the output is the root itself. */
struct stdio {
	int in, out;
};

static void put_aside(struct stdio *s)
{
	s->in = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	s->out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	cleanup_fd int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (null >= 0)
		dup2(null, STDIN_FILENO);
	dup2(STDERR_FILENO, STDOUT_FILENO);
}

static void put_back(struct stdio *s)
{
	if (s->in >= 0)
		dup2(s->in, STDIN_FILENO);
	if (s->out >= 0)
		dup2(s->out, STDOUT_FILENO);
	close(s->in);
	close(s->out);
}

static bool try_one(const char *ref, const char *text)
{
	cleanup_(arena) struct arena *arena = arena_new();
	struct mkr_error err;
	const char *const *words;
	struct launch_args defaults = { 0 };
	int status;
	if (words_split(&words, arena, text, &err) < 0) {
		report_error(&err);
		return false;
	}
	struct stdio saved;
	put_aside(&saved);
	int r = launch(ref, words, &defaults, &status, &err);
	put_back(&saved);
	if (r == 0 && status == 0)
		return true;
	if (r < 0)
		report_error(&err);
	mkr_failx(&err, -ECANCELED, "'%s' does not work in the new root: exit status %d", text,
		status);
	mkr_detail(&err, "hint",
		"mkroot trace -o OUTPUT -- %s finds what it opens and no rule knows", text);
	report_error(&err);
	return false;
}

bool try_root(const char *ref, const char *const *commands)
{
	for (; *commands; commands++)
		if (!try_one(ref, *commands))
			return false;
	return true;
}

bool try_plan(const struct mkr_plan *plan, const char *const *commands)
{
	struct mkr_error err;
	size_t n;
	const struct mkr_entry *entries = mkr_plan_entries(plan, &n);
	cleanup_fd int held = memfd_create("root", MFD_CLOEXEC);
	struct mkr_target target = { .output = "-", .fd = held, .level = -1 };
	int r = held < 0 ? mkr_fail(&err, -errno, "--try")
			 : mkr_write(entries, n, &target, NULL, &err);
	if (r < 0) {
		report_error(&err);
		return false;
	}
	char ref[64];
	snprintf(ref, sizeof(ref), "/proc/self/fd/%d", held);
	return try_root(ref, commands);
}
