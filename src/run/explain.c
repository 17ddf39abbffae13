#include "base/arena.h"
#include "base/cleanup.h"
#include "base/escape.h"
#include "run/idmap.h"
#include "run/limits.h"
#include "run/ns.h"
#include "run/op.h"
#include "run/rights.h"
#include "run/timens.h"
#include "run/view.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

DEFINE_CLEANUP(arena, arena_free);

enum { SHOWN_MAX = 8192 };

/* As a shell would take it; control characters are shown, though. */
static void print_word(FILE *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "%+,-./:=@_";
	char text[SHOWN_MAX];
	escape_into(text, sizeof(text), word);
	if (*text && text[strspn(text, plain)] == '\0') {
		fputs(text, out);
		return;
	}
	fputc('\'', out);
	for (const char *p = text; *p; p++) {
		if (*p == '\'')
			fputs("'\\''", out);
		else
			fputc(*p, out);
	}
	fputc('\'', out);
}

static void print_namespaces(
	FILE *out, const struct view *v, const struct idmap *ids, const struct time_offsets *clocks)
{
	fprintf(out, "namespaces: mount pid uts ipc cgroup%s%s%s\n", v->host_network ? "" : " net",
		ids->kind == IDMAP_NONE ? "" : " user", clocks->wanted ? " time" : "");
	if (clocks->wanted)
		fprintf(out, "clocks: monotonic %+" PRId64 " s, boottime %+" PRId64 " s\n",
			clocks->monotonic, clocks->boottime);
}

static void print_ids(FILE *out, const struct idmap *ids)
{
	switch (ids->kind) {
	case IDMAP_NONE:
		fputs("ids: as outside\n", out);
		return;
	case IDMAP_SINGLE:
		fprintf(out, "ids: 0:0 is %u:%u outside, there are no others\n", ids->caller_uid,
			ids->caller_gid);
		return;
	case IDMAP_HELPED:
		fprintf(out,
			"ids: 0:0 is %u:%u outside, from 1:1 on %" PRIu32 ":%" PRIu32 ", %" PRIu32
			" of them\n",
			ids->caller_uid, ids->caller_gid, ids->uid, ids->gid, ids->count);
		return;
	case IDMAP_RANGE:
		fprintf(out,
			"ids: from 0:0 on %" PRIu32 ":%" PRIu32 " outside, %" PRIu32 " of them\n",
			ids->uid, ids->gid, ids->count);
		return;
	}
}

static void print_rights(FILE *out, const struct mkr_box *box, const struct rights *r)
{
	fputs("capabilities:", out);
	for (unsigned i = 0; i < 64; i++)
		if (r->caps >> i & 1 && mkr_cap_name(i))
			fprintf(out, " %s", mkr_cap_name(i));
	fprintf(out, "%s\n", r->caps ? "" : " none");
	fprintf(out, "no_new_privs: %s\n", box->no_new_privs || !box->chroot ? "yes" : "no");
	fprintf(out, "seccomp: %s\n",
		box->seccomp        ? "a profile of the caller's"
			: r->filter ? "docker's rules"
				    : "none");
	fprintf(out, "landlock: %s\n",
		box->landlock_unconfined ? "none" : "where the kernel has it");
}

static void print_limits(FILE *out, const struct mkr_limits *limits)
{
	char *text = NULL;
	size_t n = 0;
	FILE *lines = open_memstream(&text, &n);
	if (!lines)
		return;
	if (limits)
		mkr_limits_print(lines, limits);
	fclose(lines);
	fputs(n ? "limits:\n" : "limits: none\n", out);
	for (char *at = text; at && *at; at += strcspn(at, "\n") + 1)
		fprintf(out, "  %.*s\n", (int)strcspn(at, "\n"), at);
	free(text);
}

static bool sets(const char *const *env, const char *name)
{
	for (; *env; env++)
		if (strncmp(*env, name, strlen(name)) == 0)
			return true;
	return false;
}

static void print_command(FILE *out, const struct mkr_box *box)
{
	fputs("environment:\n", out);
	for (const char *const *e = box->env; *e; e++) {
		fputs("  ", out);
		print_word(out, *e);
		fputc('\n', out);
	}
	if (!sets(box->env, "HOME="))
		fputs("  HOME as the root's /etc/passwd has it\n", out);
	if (!sets(box->env, "LANG="))
		fputs("  LANG as the root has locales\n", out);
	fputs("workdir: ", out);
	print_word(out, box->workdir ? box->workdir : "/");
	fputs("\ncommand:", out);
	for (const char *const *a = box->argv; a && *a; a++) {
		fputc(' ', out);
		print_word(out, *a);
	}
	fputs(box->argv ? "\n" : " /bin/bash, else /bin/sh\n", out);
}

static void print_steps(FILE *out, const struct mkr_box *box, const struct view *v)
{
	struct ops ops = { 0 };
	box_ops(&ops, box, v);
	fputs("set-up:\n", out);
	ops_print(out, "  ", &ops);
	vec_free(&ops.list);
}

static int explain_chroot(
	FILE *out, const struct mkr_image *img, const struct mkr_box *box, struct mkr_error *err)
{
	struct rights rights;
	int r = rights_prepare(&rights, box, true, err);
	if (r == 0) {
		fprintf(out, "namespaces: %s\n", mkr_image_dir(img) < 0 ? "mount" : "none");
		print_rights(out, box, &rights);
		print_limits(out, box->limits);
		fprintf(out, "set-up:\n%s  chroot\n",
			mkr_image_dir(img) < 0 ? "  root tmpfs 0755 nodev\n  unpack\n" : "");
		print_command(out, box);
	}
	rights_free(&rights);
	return r;
}

int mkr_run_explain(
	FILE *out, const struct mkr_image *img, const struct mkr_box *box, struct mkr_error *err)
{
	if (box->chroot)
		return explain_chroot(out, img, box, err);
	cleanup_(arena) struct arena *arena = arena_new();
	struct view view = { 0 };
	struct idmap ids;
	struct rights rights = { 0 };
	struct time_offsets clocks;
	int r = time_offsets_parse(&clocks, box->time_offset, err);
	if (r == 0)
		r = view_look(&view, arena, img, box, true, err);
	if (r == 0)
		r = idmap_choose(&ids, box->userns, ns_is_privileged(), err);
	if (r == 0)
		r = rights_prepare(&rights, box, ids.kind == IDMAP_NONE, err);
	if (r == 0) {
		print_namespaces(out, &view, &ids, &clocks);
		print_ids(out, &ids);
		fputs("user: ", out);
		print_word(out, box->user ? box->user : "0:0");
		fputc('\n', out);
		print_rights(out, box, &rights);
		print_limits(out, box->limits);
		print_steps(out, box, &view);
		print_command(out, box);
	}
	rights_free(&rights);
	view_free(&view);
	return r;
}
