#include "check/findings.h"

#include <string.h>

/* How bad each kind is, without and with --strict. The names are a promise: scripts look for them.
 */
static const struct {
	const char *name;
	enum mkr_severity normal, strict;
} kinds[] = {
	[BAD_MODES] = { "bad-modes", MKR_IGNORED, MKR_ERROR },
	[BORROWED_LIBRARY] = { "borrowed-library", MKR_WARNING, MKR_WARNING },
	[BROKEN_FILE] = { "broken-file", MKR_WARNING, MKR_ERROR },
	[DANGLING_LINK] = { "dangling-link", MKR_WARNING, MKR_ERROR },
	[ISA_LEVEL] = { "isa-level", MKR_WARNING, MKR_WARNING },
	[LEFT_OUT] = { "left-out", MKR_WARNING, MKR_WARNING },
	[LINK_ABOVE_ROOT] = { "link-above-root", MKR_WARNING, MKR_WARNING },
	[LIST_ABSENT] = { "path-absent", MKR_IGNORED, MKR_WARNING },
	[LIST_OF_BUILD] = { "path-of-build", MKR_WARNING, MKR_WARNING },
	[LIST_RELATIVE] = { "path-relative", MKR_WARNING, MKR_WARNING },
	[LOADER_WARNING] = { "loader", MKR_WARNING, MKR_WARNING },
	[MISSING_COMMAND] = { "missing-command", MKR_ERROR, MKR_ERROR },
	[MISSING_INTERPRETER] = { "missing-interpreter", MKR_ERROR, MKR_ERROR },
	[MISSING_LIBRARY] = { "missing-library", MKR_ERROR, MKR_ERROR },
	[MISSING_VERSION] = { "missing-version", MKR_ERROR, MKR_ERROR },
	[MIXED_MACHINES] = { "mixed-machines", MKR_WARNING, MKR_WARNING },
	[NOT_IN_CACHE] = { "not-in-cache", MKR_ERROR, MKR_ERROR },
	[NOT_IN_PLAN] = { "not-in-plan", MKR_ERROR, MKR_ERROR },
	[ORIGIN_OF_SECURE] = { "origin-of-secure", MKR_WARNING, MKR_ERROR },
	[REFUSED_LIBRARY] = { "refused-library", MKR_ERROR, MKR_ERROR },
	[UNMET_PLUGIN] = { "unmet-plugin", MKR_WARNING, MKR_ERROR },
	[UNMET_SCRIPT] = { "unmet-script", MKR_WARNING, MKR_ERROR },
	[UNREAD] = { "unread", MKR_WARNING, MKR_WARNING },
};

void finding_add(struct check *c, enum finding_kind kind, const char *path, const char *name,
	const char *program, const char *text)
{
	enum mkr_severity severity = c->strict ? kinds[kind].strict : kinds[kind].normal;
	if (severity == MKR_IGNORED)
		return;
	const char *key =
		arena_printf(c->arena, "%s\n%s\n%s", path, kinds[kind].name, name ? name : "");
	struct known *k;
	size_t n = strlen(key);
	HASH_FIND(hh, c->known, key, n, k);
	if (k) {
		k->finding.n_programs += program != NULL;
		return;
	}
	k = arena_new_of(c->arena, struct known);
	k->key = key;
	k->finding = (struct mkr_finding){ .severity = severity,
		.kind = kinds[kind].name,
		.path = arena_dup(c->arena, path),
		.name = name ? arena_dup(c->arena, name) : NULL,
		.text = arena_dup(c->arena, text),
		.program = program ? arena_dup(c->arena, program) : NULL,
		.n_programs = program != NULL };
	HASH_ADD_KEYPTR(hh, c->known, k->key, n, k);
}

static int by_key(const struct known *a, const struct known *b)
{
	return strcmp(a->key, b->key);
}

struct mkr_findings *findings_settle(struct check *c)
{
	struct mkr_findings *f = arena_new_of(c->arena, struct mkr_findings);
	HASH_SORT(c->known, by_key);
	struct mkr_finding *at = arena_array(c->arena, struct mkr_finding, HASH_COUNT(c->known));
	for (const struct known *k = c->known; k; k = k->hh.next) {
		at[f->n++] = k->finding;
		f->n_errors += k->finding.severity == MKR_ERROR;
		f->n_warnings += k->finding.severity == MKR_WARNING;
	}
	f->at = at;
	f->n_programs = c->n_programs;
	f->n_libraries = c->n_libraries;
	f->n_scripts = c->n_scripts;
	f->n_links = c->n_links;
	f->n_unread = c->n_unread;
	f->arena = c->arena;
	HASH_CLEAR(hh, c->known);
	HASH_CLEAR(hh, c->loaded);
	HASH_CLEAR(hh, c->linted);
	HASH_CLEAR(hh, c->provided);
	return f;
}

void mkr_findings_free(struct mkr_findings *f)
{
	if (f)
		arena_free(f->arena);
}

bool member_add(struct check *c, struct member **set, const void *file)
{
	struct member *m;
	HASH_FIND_PTR(*set, &file, m);
	if (m)
		return false;
	m = arena_new_of(c->arena, struct member);
	m->file = file;
	HASH_ADD_PTR(*set, file, m);
	return true;
}
