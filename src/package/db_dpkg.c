/* dpkg's database (deb-control(5), dpkg(1) FILES): status, one stanza a package, and a list of
 * files for each in info/. Distroless images have status.d instead, a stanza and md5sums each. */
#include "package/db.h"

#include "base/cleanup.h"
#include "os/root.h"
#include "package/dpkg_lists.h"

#include <fcntl.h>
#include <string.h>

#define STATUS_D DPKG "status.d"

enum { STATUS_MAX = 64 << 20, DIVERSIONS_MAX = 100000 };

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

/* "WANT FLAG STATE" (dpkg(1), "Package states"): are its files there? What triggers still have to
 * do, and what is not set up, is for dpkg to know. Of a package that is but half there it is not
 * said which version its files are of. */
static bool is_unpacked(struct str status)
{
	static const char *const states[] = { "installed", "triggers-pending", "triggers-awaited",
		"half-configured", "unpacked" };
	struct str state = status, word;
	while (str_split(&status, " ", &word))
		state = word;
	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++)
		if (str_eq(state, str_from(states[i])))
			return true;
	return false;
}

static void read_field(struct db *db, struct stanza *s, struct str line)
{
	struct package *p = &s->r.package;
	struct str v;
	struct arena *a = db->arena;
	if (db_field(line, "Package:", &v))
		p->name = arena_dup_str(a, v);
	else if (db_field(line, "Status:", &v))
		s->installed = is_unpacked(v);
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

static void add_stanza(struct db *db, struct stanza *s)
{
	struct package *p = &s->r.package;
	const char *both = s->depends[0] ? s->depends[0] : s->depends[1];
	if (s->depends[0] && s->depends[1])
		both = arena_printf(db->arena, "%s %s", s->depends[0], s->depends[1]);
	p->depends = both;
	db->add(db->ctx, &s->r);
}

static void add(struct db *db, struct dpkg_lists *lists, struct stanza *s)
{
	struct package *p = &s->r.package;
	if (!p->name || !*p->name || strchr(p->name, '/') || (p->arch && strchr(p->arch, '/')))
		return;
	s->r.list = dpkg_lists_take(db, lists, p->name, s->same ? p->arch : NULL, s->installed);
	/* The script lies beside the list, under the same name. */
	struct str list = str_from(s->r.list ? s->r.list : "");
	if (str_ends(list, STR(".list")))
		p->setup = arena_printf(db->arena, "%.*spostinst", (int)(list.n - 4), list.p);
	if (s->installed)
		add_stanza(db, s);
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
	const char *start = rest.p;
	bool cut = !str_ends(rest, STR("\n\n"));
	size_t bad = 0;
	for (size_t number = 1; rest.n; number++) {
		struct str line = str_line(&rest);
		if (line.n && !is_field(line) && !bad && (rest.n || !cut))
			bad = number;
		if (line.n)
			read_field(db, &s, line);
		if (line.n && rest.n)
			continue;
		s.r.package.text = (struct str){ start, (size_t)(line.p + line.n - start) };
		add(db, lists, &s);
		s = (struct stanza){ 0 };
		start = rest.p;
	}
	if (bad)
		db_warn(db, path, "has a line %zu that is no field", bad);
	else if (cut)
		db_warn(db, path, "ends within a paragraph");
	return !bad && !cut;
}

/* A line of md5sums is 32 digits, two blanks and a path without leading slash. */
static struct str files_of_sums(struct db *db, struct str sums)
{
	char *files = arena_alloc(db->arena, sums.n + 1), *end = files;
	const size_t digits = 32, path = 34;
	while (sums.n) {
		struct str line = str_line(&sums);
		if (line.n <= path || line.p[digits] != ' ')
			continue;
		*end++ = '/';
		memcpy(end, line.p + path, line.n - path);
		end += line.n - path;
		*end++ = '\n';
	}
	return (struct str){ files, (size_t)(end - files) };
}

/* An empty list is that of a package of which the image has nothing but links. */
static bool is_there(const struct db *db, const char *path)
{
	cleanup_fd int fd = root_open(db->root, path, O_PATH);
	return fd >= 0;
}

/* A package of an image without dpkg: what is there is installed. Configuration files are in no
 * list of sums. */
static void add_single(struct db *db, const char *name)
{
	struct stanza s = { .installed = true };
	const char *path = arena_printf(db->arena, STATUS_D "/%s", name);
	const char *sums = arena_printf(db->arena, STATUS_D "/%s.md5sums", name);
	struct str rest = db_read(db, path, STATUS_MAX);
	s.r.package.text = rest;
	s.r.sums = sums;
	while (rest.n) {
		struct str line = str_line(&rest);
		if (line.n == 0 && s.r.package.name)
			break; /* one paragraph a file */
		if (line.n && is_field(line))
			read_field(db, &s, line);
	}
	if (!s.r.package.name || !*s.r.package.name) {
		db_warn(db, path, "names no package");
		return;
	}
	s.r.files = files_of_sums(db, db_read(db, sums, STATUS_MAX));
	if (!s.r.files.n && !is_there(db, sums))
		db_warn(db, sums, "is missing, though its package is installed");
	add_stanza(db, &s);
}

static void read_status_d(struct db *db)
{
	const char *const *names = db_list(db, STATUS_D);
	for (; *names; names++)
		if (!str_ends(str_from(*names), STR(".md5sums")))
			add_single(db, *names);
}

/* Three lines each: the path, where it is instead, and whose file stays (dpkg's divertdb.c). */
static void read_diversions(struct db *db)
{
	struct str rest = db_read(db, DPKG "diversions", STATUS_MAX);
	size_t lines = 0;
	if (rest.n && !str_ends(rest, STR("\n"))) {
		db_warn(db, DPKG "diversions", "is cut off");
		return;
	}
	for (struct diversion d = { 0 }; rest.n; lines++) {
		struct str *const fields[] = { &d.from, &d.to, &d.by };
		*fields[lines % 3] = str_line(&rest);
		if (lines % 3 == 2 && db->diversions.n < DIVERSIONS_MAX)
			vec_push(&db->diversions, d);
	}
	if (lines % 3)
		db_warn(db, DPKG "diversions", "is cut off");
}

static void read_installed(struct db *db, struct str status)
{
	struct dpkg_lists lists = { 0 };
	dpkg_lists_read(db, &lists);
	bool good = read_status(db, &lists, DPKG "status", status);
	if (good && lists.there)
		dpkg_lists_check(db, &lists);
	else if (good)
		db_warn(db, DPKG "info", "is missing");
	dpkg_lists_free(&lists);
	read_diversions(db);
}

void db_dpkg(struct db *db)
{
	struct str status = db_read(db, DPKG "status", STATUS_MAX);
	if (status.n) {
		db->file = DPKG "status";
		read_installed(db, status);
	}
	read_status_d(db);
}
