/* apk's packages: its own database, with those packages and files alone that are there. Behind "F:"
 * and "M:" of a folder come its files, "R:", and of each "a:" and "Z:" (apk-package(5),
 * database.c).
 */
#include "plan/records.h"

#include "base/str.h"
#include "base/text.h"
#include "plan/resolve.h"

#include <string.h>

struct out {
	struct records *r;
	const struct owned *of;
	struct text text;
	const char *folder; /* in the new root, NULL: it is not there */
	struct str head[2]; /* of the folder: lines for when one of its files is there */
	bool file; /* the last one is there */
};

static void append(struct out *o, struct str line)
{
	text_add(&o->text, line);
	text_add(&o->text, STR("\n"));
}

static void enter(struct out *o, struct str line)
{
	struct arena *a = o->r->maker->arena;
	o->folder = plan_resolve(
		a, o->r->maker->entries, o->r->maker->n, arena_dup_str(a, str_skip(line, 2)));
	o->head[0] = line;
	o->head[1] = STR("");
	o->file = false;
}

static bool is_there(const struct out *o, struct str name)
{
	const struct maker *m = o->r->maker;
	if (!o->folder || name.n == 0)
		return false;
	const char *path = arena_printf(
		m->arena, "%s%s%.*s", o->folder, *o->folder ? "/" : "", (int)name.n, name.p);
	const struct mkr_entry *e = mkr_entry_find(m->entries, m->n, path);
	return e && o->r->of[e - m->entries] == o->of;
}

static void add_file(struct out *o, struct str line)
{
	o->file = is_there(o, str_skip(line, 2));
	for (size_t i = 0; o->file && i < 2; i++) {
		if (o->head[i].n)
			append(o, o->head[i]);
		o->head[i] = STR("");
	}
	if (o->file)
		append(o, line);
}

static void add_line(struct out *o, struct str line)
{
	if (memchr(line.p, '\0', line.n))
		return;
	if (str_starts(line, STR("F:")))
		enter(o, line);
	else if (str_starts(line, STR("M:")))
		o->head[1] = o->head[0].n ? line : STR("");
	else if (str_starts(line, STR("R:")))
		add_file(o, line);
	else if (!(str_starts(line, STR("a:")) || str_starts(line, STR("Z:"))) || o->file)
		append(o, line);
}

void record_apk(struct records *r)
{
	struct out o = { .r = r };
	for (size_t i = 0; i < r->n; i++) {
		o.of = r->all[i];
		struct str rest = { o.of->package->text, o.of->package->text_size }, line;
		o.folder = NULL;
		o.head[0] = o.head[1] = STR("");
		o.file = false;
		while (rest.n && str_split(&rest, "\n", &line))
			if (line.n)
				add_line(&o, line);
		append(&o, STR(""));
	}
	struct str file = str_from(mkr_packages_file(r->packages));
	const char *folder = arena_dup_str(r->maker->arena, str_dir(str_skip(file, 1)));
	record_file(
		r, folder, base_name(file.p), text_take(&o.text, r->maker->arena), NULL, r->newest);
}
