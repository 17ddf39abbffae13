/* --manifest: one JSON document that tells of every path what it is and why it is there. Its keys
 * are a promise (doc/mkroot.1.scd): members may come, none goes or changes. */
#include "base/arena.h"
#include "base/json_out.h"
#include "cli/documents.h"
#include "cli/origins.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct manifest {
	const struct inventory *inv;
	struct origins *origins;
};

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
	[MKR_WHY_GONE] = "gone",
};

/* The path as the new root has it. */
static void put_path(const struct manifest *m, struct json *j, const char *key, const char *path)
{
	emit_bytes(j, key, path ? arena_printf(m->inv->arena, "/%s", path) : NULL);
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

static void put_meta(
	const struct manifest *m, struct json *j, const struct mkr_entry *e, int64_t mtime)
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

static void put_package(struct json *j, const struct mkr_package *p)
{
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

static void put_entry(const struct manifest *m, struct json *j, size_t i)
{
	const struct mkr_entry *e = &m->inv->entries[i];
	const struct fact *f = inventory_content(m->inv, i);
	emit_object(j, NULL);
	put_meta(m, j, e, m->inv->facts[i].mtime);
	emit_hex(j, "sha256", f->hashed ? f->digests.sha256 : NULL, sizeof(f->digests.sha256));
	emit_hex(j, "build_id", f->build_id, f->build_id_size);
	emit_text(j, "why", why_words[e->why]);
	emit_bytes(j, "because", e->because);
	emit_text(j, "set", e->set);
	emit_array(j, "chain");
	put_chain(j, origins_of(m->origins, e));
	emit_end(j);
	put_package(j, m->inv->facts[i].owner);
	emit_end(j);
}

static int write_manifest(FILE *out, const struct inventory *inv, struct mkr_error *err)
{
	struct json j;
	struct manifest m = { .inv = inv };
	int r = origins_new(&m.origins, inv->arena, inv->closure, err);
	if (r < 0)
		return r;
	emit_begin(&j, out);
	emit_text(&j, "schema", "mkroot.manifest/1");
	emit_array(&j, "entries");
	for (size_t i = 0; i < inv->n; i++)
		put_entry(&m, &j, i);
	emit_end(&j);
	emit_finish(&j);
	origins_free(m.origins);
	return 0;
}

const struct document_format document_manifest = { .name = "manifest", .write = write_manifest };
