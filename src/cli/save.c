#include "cli/save.h"

#include "cli/policy.h"
#include "cli/report.h"

#include "base/cleanup.h"

#include <mkroot/root.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

DEFINE_CLEANUP(mkr_root, mkr_root_free);
DEFINE_CLEANUP(mkr_plan, mkr_plan_free);

static void warn_line(void *ctx, const char *text)
{
	(void)ctx;
	report_warning("%s", text);
}

static bool is_same(const char *path, int folder)
{
	struct stat a, b;
	return path && folder >= 0 && stat(path, &a) == 0 && fstat(folder, &b) == 0 &&
		a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

int save_check(struct save *s, const char *output, int root, struct mkr_error *err)
{
	bool folder;
	*s = (struct save){ .target = { .output = output,
				    .home = getenv("HOME"),
				    .level = -1,
				    .warn = warn_line } };
	if (strcmp(output, "-") == 0)
		return mkr_failx(err, -EINVAL,
			"--save and '-' do not go together: standard output is the command's");
	int r = policy_from_words(&s->policy, NULL, err);
	s->policy.caller_is_root = false; /* owners are read as the box has them */
	if (r == 0)
		r = mkr_target_check(&s->target, err);
	cleanup_free char *path = r == 0 ? mkr_target_path(&s->target, &folder) : NULL;
	if (r == 0 && is_same(path, root))
		r = mkr_failx(err, -EINVAL, "--save '%s' is the root that is run", output);
	return r;
}

int save_root(void *ctx, int rootfd, struct mkr_error *err)
{
	struct save *s = ctx;
	char path[64];
	cleanup_(mkr_root) struct mkr_root *root = NULL;
	cleanup_(mkr_plan) struct mkr_plan *plan = NULL;
	size_t n;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", rootfd);
	int r = mkr_root_open(&root, path, err);
	if (r == 0)
		r = mkr_plan_tree(&plan, root, &s->policy, err);
	if (r == 0) {
		const struct mkr_entry *entries = mkr_plan_entries(plan, &n);
		r = mkr_write(entries, n, &s->target, NULL, err);
	}
	return r < 0 ? mkr_wrap(err, r, "cannot save the root") : 0;
}
