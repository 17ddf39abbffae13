/* mkr_check_root(): each thing of the survey to the part that knows it. */
#include "check/findings.h"

#include "base/cleanup.h"
#include "os/root.h"

#include <sys/stat.h>

static void check_unread(struct check *c, const struct mkr_survey *s)
{
	c->n_unread += s->n_unread;
	for (size_t i = 0; i < s->n_unread; i++)
		finding_add(c, UNREAD, s->unread[i].path, NULL, NULL, s->unread[i].why);
}

/* sshd's ChrootDirectory, and good sense: who may write to the root may replace its /bin. */
static void check_modes(struct check *c)
{
	struct stat st;
	if (fstat(root_fd(c->root), &st) < 0)
		return;
	if (st.st_uid != 0)
		finding_add(c, BAD_MODES, "/", "owner", NULL,
			arena_printf(c->arena,
				"belongs to uid %u, not to root: sshd takes no such "
				"ChrootDirectory",
				(unsigned)st.st_uid));
	if (st.st_mode & 022)
		finding_add(c, BAD_MODES, "/", "mode", NULL,
			arena_printf(c->arena,
				"can be written to by others (mode %04o): sshd takes no such "
				"ChrootDirectory",
				(unsigned)st.st_mode & 07777));
}

int mkr_check_root(struct mkr_findings **out, const struct mkr_root *root,
	struct mkr_loader *loader, bool strict, struct mkr_error *err)
{
	struct mkr_survey *s;
	int r = mkr_survey_make(&s, root, "/", err);
	if (r < 0)
		return r;
	struct check c = { .root = root, .loader = loader, .strict = strict, .arena = arena_new() };
	check_objects(&c, s);
	for (size_t i = 0; i < s->n; i++) {
		if (s->found[i].kind == MKR_FOUND_SCRIPT)
			check_script(&c, &s->found[i]);
		else if (s->found[i].kind == MKR_FOUND_LINK)
			check_link(&c, &s->found[i]);
	}
	check_machines(&c, s);
	check_levels(&c);
	check_unread(&c, s);
	check_modes(&c);
	*out = findings_settle(&c);
	mkr_survey_free(s);
	return 0;
}
