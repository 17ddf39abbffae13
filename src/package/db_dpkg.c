/* dpkg's database (deb-control(5), dpkg(1) FILES): status, one stanza a package, and a list of
 * files for each in info/. Distroless images have status.d instead, a stanza and md5sums each. */
#include "package/db.h"

#include "package/dpkg_lists.h"

#include <string.h>

enum { STATUS_MAX = 64 << 20 };

struct stanza {
	struct record r;
	const char *depends[2];
	bool installed, same;
};

/* "Source: name (version)"; without a version it is the package's. */
static void read_source(struct arena *a, struct package *p, struct str text)
{
	struct str word = { "", 0 };
	str_split(&text, " \t", &word);
	p->source = arena_dup_str(a, word);
	text = text.p ? str_trim(text) : STR("");
	if (text.n > 2 && text.p[0] == '(' && str_ends(text, STR(")")))
		p->source_version = arena_dup_str(a, (struct str){ text.p + 1, text.n - 2 });
}

static void read_field(struct db *db, struct stanza *s, struct str line)
{
	struct package *p = &s->r.package;
	struct str v;
	struct arena *a = db->arena;
	if (db_field(line, "Package:", &v))
		p->name = arena_dup_str(a, v);
	else if (db_field(line, "Status:", &v))
		s->installed = str_ends(v, STR(" installed"));
	else if (db_field(line, "Architecture:", &v))
		p->arch = arena_dup_str(a, v);
	else if (db_field(line, "Multi-Arch:", &v))
		s->same = str_eq(v, STR("same"));
	else if (db_field(line, "Essential:", &v))
		p->essential = str_eq(v, STR("yes"));
	else if (db_field(line, "Source:", &v))
		read_source(a, p, v);
	else if (db_field(line, "Version:", &v))
		p->version = arena_dup_str(a, v);
	else if (db_field(line, "Maintainer:", &v))
		p->maintainer = arena_dup_str(a, v);
	else if (db_field(line, "Depends:", &v))
		s->depends[0] = db_names(a, v);
	else if (db_field(line, "Pre-Depends:", &v))
		s->depends[1] = db_names(a, v);
	else if (db_field(line, "Recommends:", &v))
		p->recommends = db_names(a, v);
	else if (db_field(line, "Suggests:", &v))
		p->suggests = db_names(a, v);
	else if (db_field(line, "Provides:", &v))
		p->provides = db_names(a, v);
}

static void add(struct db *db, struct dpkg_lists *lists, struct stanza *s)
{
	struct package *p = &s->r.package;
	if (!p->name || !*p->name || strchr(p->name, '/') || (p->arch && strchr(p->arch, '/')))
		return;
	s->r.list = dpkg_lists_take(db, lists, p->name, s->same ? p->arch : NULL, s->installed);
	if (!s->installed)
		return;
	p->depends = arena_printf(db->arena, "%s %s", s->depends[0] ? s->depends[0] : "",
		s->depends[1] ? s->depends[1] : "");
	db->add(db->ctx, &s->r);
}

/* A field, or a further line of one. */
static bool is_field(struct str line)
{
	return line.p[0] == ' ' || line.p[0] == '\t' || memchr(line.p, ':', line.n);
}

/* True when nothing is wrong with it. dpkg ends each stanza, the last one too, with an empty line.
 */
static bool read_status(struct db *db, struct dpkg_lists *lists, const char *path, struct str rest)
{
	struct stanza s = { 0 };
	bool cut = !str_ends(rest, STR("\n\n"));
	size_t bad = 0;
	for (size_t number = 1; rest.n; number++) {
		struct str line = db_line(&rest);
		if (line.n && !is_field(line) && !bad && (rest.n || !cut))
			bad = number;
		if (line.n)
			read_field(db, &s, line);
		if (line.n && rest.n)
			continue;
		add(db, lists, &s);
		s = (struct stanza){ 0 };
	}
	if (bad)
		db_warn(db, path, "has a line %zu that is no field", bad);
	else if (cut)
		db_warn(db, path, "ends within a paragraph");
	return !bad && !cut;
}

void db_dpkg(struct db *db)
{
	struct str status = db_read(db, DPKG "status", STATUS_MAX);
	struct dpkg_lists lists = { 0 };
	if (!status.n)
		return;
	dpkg_lists_read(db, &lists);
	bool good = read_status(db, &lists, DPKG "status", status);
	if (good && lists.there)
		dpkg_lists_check(db, &lists);
	else if (good)
		db_warn(db, DPKG "info", "is missing");
	dpkg_lists_free(&lists);
}
