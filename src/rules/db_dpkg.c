/* dpkg's database (deb-control(5), dpkg(1) FILES): status, one stanza a package, and a list of
 * files for each in info/. Distroless images have status.d instead, a stanza and md5sums each. */
#include "rules/db.h"

#include <string.h>

#define DPKG "/var/lib/dpkg/"

enum { STATUS_MAX = 64 << 20 };

struct stanza {
	struct record r;
	const char *arch, *depends[2];
	bool installed, same;
};

/* "Source: name (version)" */
static const char *first_word(struct arena *a, struct str text)
{
	struct str word = { "", 0 };
	str_split(&text, " \t", &word);
	return arena_dup_str(a, word);
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
		s->arch = arena_dup_str(a, v);
	else if (db_field(line, "Multi-Arch:", &v))
		s->same = str_eq(v, STR("same"));
	else if (db_field(line, "Essential:", &v))
		p->essential = str_eq(v, STR("yes"));
	else if (db_field(line, "Source:", &v))
		p->source = first_word(a, v);
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

static void add(struct db *db, struct stanza *s)
{
	struct package *p = &s->r.package;
	if (!s->installed || !p->name || !*p->name || strchr(p->name, '/'))
		return;
	p->depends = arena_printf(db->arena, "%s %s", s->depends[0] ? s->depends[0] : "",
		s->depends[1] ? s->depends[1] : "");
	bool qualified = s->same && s->arch && !strchr(s->arch, '/');
	const char *stem = qualified ? arena_printf(db->arena, DPKG "info/%s:%s", p->name, s->arch)
				     : arena_printf(db->arena, DPKG "info/%s", p->name);
	s->r.list = arena_printf(db->arena, "%s.list", stem);
	p->setup = arena_printf(db->arena, "%s.postinst", stem);
	db->add(db->ctx, &s->r);
}

bool db_dpkg(struct db *db)
{
	struct str rest = db_read(db, DPKG "status", STATUS_MAX);
	struct stanza s = { 0 };
	if (!rest.n)
		return false;
	while (rest.n) {
		struct str line = db_line(&rest);
		if (line.n)
			read_field(db, &s, line);
		if (line.n && rest.n)
			continue;
		add(db, &s);
		s = (struct stanza){ 0 };
	}
	return true;
}
