/* pacman's database: var/lib/pacman/local/NAME-VERSION/ holds desc and files, where "%FIELD%" is a
 * line of its own, its values are the lines behind it, and an empty line ends them (libalpm,
 * be_local.c). */
#include "package/db.h"

#include "base/text.h"

#include <string.h>

#define LOCAL "/var/lib/pacman/local"

enum { DESC_MAX = 4 << 20, FILES_MAX = 64 << 20 };

/* The lines of a field as one, with blanks between. */
static struct str field_of(struct arena *a, struct str text, const char *field)
{
	char *all = arena_alloc(a, text.n + 1), *end = all;
	bool in = false;
	while (text.n) {
		struct str line = str_line(&text);
		if (in && line.n == 0)
			break;
		if (in) {
			memcpy(end, line.p, line.n);
			end += line.n;
			*end++ = ' ';
		}
		in = in || str_eq(line, str_from(field));
	}
	return str_trim((struct str){ all, (size_t)(end - all) });
}

static const char *text_of(struct arena *a, struct str desc, const char *field)
{
	struct str text = field_of(a, desc, field);
	return text.n ? arena_dup_str(a, text) : NULL;
}

/* The lines have no leading slash, and folders one at the end. */
static struct str files_from(struct arena *a, struct str text)
{
	struct text all = { 0 };
	while (text.n) {
		struct str line = str_line(&text);
		if (line.n == 0 || line.p[0] == '%')
			continue;
		line.n -= line.p[line.n - 1] == '/';
		text_add(&all, STR("/"));
		text_add(&all, line);
		text_add(&all, STR("\n"));
	}
	return text_take(&all, a);
}

static void add(struct db *db, const char *folder)
{
	struct arena *a = db->arena;
	struct record r = { 0 };
	struct str desc = db_read(db, arena_printf(a, LOCAL "/%s/desc", folder), DESC_MAX);
	struct str name = field_of(a, desc, "%NAME%");
	if (name.n == 0) {
		db_warn(db, arena_printf(a, LOCAL "/%s/desc", folder), "names no package");
		return;
	}
	r.package.name = arena_dup_str(a, name);
	r.package.text = desc;
	r.package.version = text_of(a, desc, "%VERSION%");
	r.package.arch = text_of(a, desc, "%ARCH%");
	r.package.license = text_of(a, desc, "%LICENSE%");
	r.package.maintainer = text_of(a, desc, "%PACKAGER%");
	r.package.source = text_of(a, desc, "%BASE%");
	r.package.depends = db_names(a, field_of(a, desc, "%DEPENDS%"));
	r.package.provides = db_names(a, field_of(a, desc, "%PROVIDES%"));
	r.files = files_from(a, db_read(db, arena_printf(a, LOCAL "/%s/files", folder), FILES_MAX));
	db->add(db->ctx, &r);
}

void db_pacman(struct db *db)
{
	const char *const *names = db_list(db, LOCAL);
	for (; *names; names++)
		if (strcmp(*names, "ALPM_DB_VERSION") != 0)
			add(db, *names);
}
