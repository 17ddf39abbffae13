#include "cli/manifest.h"

#include "base/arena.h"
#include "base/json_out.h"
#include "cli/manifest_facts.h"
#include "cli/whole_file.h"

#include <mkroot/packages.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct manifest {
	const char *name;
	const struct mkr_entry *entries;
	size_t n;
	const struct mkr_closure *closure;
	struct mkr_record record;
	struct arena *arena;
	struct fact *facts; /* of the entries */
	struct whole_file file;
	struct origins *origins; /* while the document is written, as the next one */
	struct mkr_packages *packages; /* NULL: the database cannot be read */
};

static void keep_entry(
	void *ctx, const struct mkr_entry *e, const unsigned char *sha256, int source)
{
	struct manifest *m = ctx;
	size_t i = mkr_entry_index(m->entries, m->n, e->path, strlen(e->path));
	if (i == m->n)
		return; /* the format's own */
	struct fact *f = &m->facts[i];
	f->mtime = e->mtime;
	if (!sha256)
		return;
	f->hashed = true;
	memcpy(f->sha256, sha256, sizeof(f->sha256));
	if (source >= 0)
		fact_read_build_id(f, m->arena, source, e->size);
}

static const char *type_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return "folder";
	case S_IFLNK:
		return "symlink";
	case S_IFCHR:
		return "char";
	case S_IFBLK:
		return "block";
	case S_IFIFO:
		return "fifo";
	default:
		return "file";
	}
}

/* By enum mkr_why. */
static const char *const why_words[] = {
	[MKR_WHY_PROGRAM] = "program",
	[MKR_WHY_INCLUDE] = "include",
	[MKR_WHY_INTERP] = "interpreter",
	[MKR_WHY_NEEDED] = "needed",
	[MKR_WHY_DLOPEN] = "dlopen",
	[MKR_WHY_AUDIT] = "audit",
	[MKR_WHY_RULE] = "rule",
	[MKR_WHY_TRACE] = "trace",
	[MKR_WHY_LINK] = "link",
	[MKR_WHY_PARENT] = "parent",
	[MKR_WHY_MADE] = "made",
};

static void put_hex(struct json *j, const char *key, const unsigned char *bytes, size_t n)
{
	if (!bytes) {
		emit_null(j, key);
		return;
	}
	char *text = malloc(2 * n + 1);
	if (!text)
		out_of_memory();
	text[0] = '\0';
	for (size_t i = 0; i < n; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	emit_text(j, key, text);
	free(text);
}

/* The path as the new root has it. */
static void put_path(struct manifest *m, struct json *j, const char *key, const char *path)
{
	emit_bytes(j, key, path ? arena_printf(m->arena, "/%s", path) : NULL);
}

static void put_chain(struct json *j, const struct link_hop *hop)
{
	if (!hop)
		return;
	put_chain(j, hop->by);
	emit_object(j, NULL);
	emit_bytes(j, "name", hop->name);
	emit_bytes(j, "path", hop->path);
	emit_text(j, "how", hop->how);
	emit_end(j);
}

static void put_meta(struct manifest *m, struct json *j, const struct mkr_entry *e, int64_t mtime)
{
	char mode[8];
	bool link = S_ISLNK(e->mode);
	snprintf(mode, sizeof(mode), "%04o", e->mode & 07777U);
	put_path(m, j, "path", e->path);
	emit_text(j, "type", type_of(e->mode));
	emit_text(j, "mode", mode);
	emit_number(j, "uid", e->uid);
	emit_number(j, "gid", e->gid);
	emit_number(j, "size", S_ISREG(e->mode) ? e->size : 0);
	emit_signed(j, "mtime", mtime);
	emit_bytes(j, "target", link ? e->target : NULL);
	put_path(m, j, "hard_link", link ? NULL : e->target);
	if (S_ISCHR(e->mode) || S_ISBLK(e->mode)) {
		emit_number(j, "major", e->dev_major);
		emit_number(j, "minor", e->dev_minor);
	}
	emit_array(j, "xattrs");
	for (size_t i = 0; i < e->n_xattrs; i++) {
		emit_object(j, NULL);
		emit_bytes(j, "name", e->xattrs[i].name);
		emit_end(j);
	}
	emit_end(j);
}

/* Who ships the file or link that this is a copy of. */
static void put_package(struct manifest *m, struct json *j, const struct mkr_entry *e)
{
	const struct mkr_package *p = NULL;
	const char *source = S_ISLNK(e->mode) && e->why != MKR_WHY_INCLUDE ? e->path : e->source;
	if (m->packages && source && !S_ISDIR(e->mode) && e->why != MKR_WHY_MADE)
		p = mkr_packages_owner(
			m->packages, arena_printf(m->arena, "/%s", source + strspn(source, "/")));
	if (!p) {
		emit_null(j, "package");
		return;
	}
	emit_object(j, "package");
	emit_bytes(j, "name", p->name);
	emit_bytes(j, "version", p->version);
	emit_bytes(j, "arch", p->arch);
	emit_bytes(j, "source", p->source);
	emit_end(j);
}

static void put_entry(struct manifest *m, struct json *j, size_t i)
{
	const struct mkr_entry *e = &m->entries[i];
	size_t first = mkr_entry_first(m->entries, m->n, i);
	const struct fact *f = &m->facts[first < m->n ? first : i];
	emit_object(j, NULL);
	put_meta(m, j, e, m->facts[i].mtime);
	put_hex(j, "sha256", f->hashed ? f->sha256 : NULL, sizeof(f->sha256));
	put_hex(j, "build_id", f->build_id, f->build_id_size);
	emit_text(j, "why", why_words[e->why]);
	emit_bytes(j, "because", e->because);
	emit_text(j, "set", e->set);
	emit_array(j, "chain");
	put_chain(j, origins_of(m->origins, e));
	emit_end(j);
	put_package(m, j, e);
	emit_end(j);
}

static int write_document(struct manifest *m, struct mkr_error *err)
{
	struct json j;
	int r = whole_file_open(&m->file, m->name, err);
	if (r < 0)
		return r;
	m->origins = origins_new(m->arena, m->closure);
	/* One that is broken is warned of where it is used for more than to tell. */
	if (mkr_packages_open(&m->packages, mkr_closure_root(m->closure), NULL) < 0)
		m->packages = NULL;
	emit_begin(&j, m->file.out);
	emit_text(&j, "schema", "mkroot.manifest/1");
	emit_array(&j, "entries");
	for (size_t i = 0; i < m->n; i++)
		put_entry(m, &j, i);
	emit_end(&j);
	emit_finish(&j);
	origins_free(m->origins);
	mkr_packages_free(m->packages);
	return whole_file_close(&m->file, err);
}

/* What cannot be renamed is written last of all. */
static int ready(void *ctx, struct mkr_error *err)
{
	struct manifest *m = ctx;
	return whole_file_is_direct(m->name) ? 0 : write_document(m, err);
}

struct manifest *manifest_new(const char *file, const struct mkr_entry *entries, size_t n,
	const struct mkr_closure *closure)
{
	struct manifest *m = calloc(1, sizeof(*m));
	if (!m)
		out_of_memory();
	*m = (struct manifest){ .name = file,
		.entries = entries,
		.n = n,
		.closure = closure,
		.record = { .entry = keep_entry, .ready = ready, .ctx = m },
		.arena = arena_new() };
	m->facts = arena_array(m->arena, struct fact, n);
	return m;
}

void manifest_free(struct manifest *m)
{
	if (!m)
		return;
	whole_file_drop(&m->file);
	arena_free(m->arena);
	free(m);
}

const struct mkr_record *manifest_record(const struct manifest *m)
{
	return &m->record;
}

int manifest_finish(struct manifest *m, struct mkr_error *err)
{
	if (whole_file_is_direct(m->name)) {
		int r = write_document(m, err);
		if (r < 0)
			return r;
	}
	return whole_file_commit(&m->file, err);
}
