/* apk's database (apk-package(5)): lib/apk/db/installed, one stanza a package with a letter in
 * front of each value; "F:" is a folder, the "R:" behind it its files. */
#include "package/db.h"

#include "base/text.h"

enum { INSTALLED_MAX = 256 << 20 };

struct stanza {
	struct record r;
	struct text files;
	struct str folder;
	const char *start;
};

static void add_file(struct stanza *s, struct str name)
{
	text_add(&s->files, STR("/"));
	text_add(&s->files, s->folder);
	if (s->folder.n && name.n)
		text_add(&s->files, STR("/"));
	text_add(&s->files, name);
	text_add(&s->files, STR("\n"));
}

static void read_field(struct db *db, struct stanza *s, struct str line)
{
	struct package *p = &s->r.package;
	struct str v;
	if (db_field(line, "P:", &v))
		p->name = arena_dup_str(db->arena, v);
	else if (db_field(line, "o:", &v))
		p->source = arena_dup_str(db->arena, v);
	else if (db_field(line, "V:", &v))
		p->version = arena_dup_str(db->arena, v);
	else if (db_field(line, "A:", &v))
		p->arch = arena_dup_str(db->arena, v);
	else if (db_field(line, "L:", &v))
		p->license = arena_dup_str(db->arena, v);
	else if (db_field(line, "m:", &v))
		p->maintainer = arena_dup_str(db->arena, v);
	else if (db_field(line, "D:", &v))
		p->depends = db_names(db->arena, v);
	else if (db_field(line, "p:", &v))
		p->provides = db_names(db->arena, v);
	else if (db_field(line, "F:", &v)) {
		s->folder = v;
		add_file(s, STR(""));
	} else if (db_field(line, "R:", &v)) {
		add_file(s, v);
	}
}

static void add(struct db *db, struct stanza *s)
{
	if (!s->r.package.name || !*s->r.package.name)
		return;
	s->r.package.text.p = s->start;
	s->r.files = text_take(&s->files, db->arena);
	db->add(db->ctx, &s->r);
}

/* apk ends each stanza, the last one too, with an empty line (database.c, apk_db_write_fdb). */
static void check_end(struct db *db, const char *path, struct str text)
{
	if (!str_ends(text, STR("\n\n")))
		db_warn(db, path, "is cut off");
}

void db_apk(struct db *db)
{
	const char *path = "/lib/apk/db/installed";
	struct str rest = db_read(db, path, INSTALLED_MAX);
	struct stanza s = { 0 };
	if (!rest.n) { /* since apk-tools 3 */
		path = "/usr/lib/apk/db/installed";
		rest = db_read(db, path, INSTALLED_MAX);
	}
	if (!rest.n)
		return;
	check_end(db, path, rest);
	db->file = path;
	while (rest.n) {
		struct str line = str_line(&rest);
		s.start = s.start ? s.start : line.p;
		s.r.package.text.n = (size_t)(line.p + line.n - s.start);
		if (line.n)
			read_field(db, &s, line);
		if (line.n && rest.n)
			continue;
		add(db, &s);
		vec_free(&s.files);
		s = (struct stanza){ 0 };
	}
}
