/* pacman's packages, in its own database (libalpm, be_local.c): local/NAME-VERSION/desc and files.
 * Syft reads the first. */
#include "plan/records.h"

#include "base/str.h"
#include "base/text.h"

#include <string.h>

#define FOLDER "var/lib/pacman/local"

static void add_line(struct text *t, struct str line)
{
	text_add(t, line);
	text_add(t, STR("\n"));
}

/* When and why it was installed is the host's. */
static struct str describe(struct records *r, const struct mkr_package *p)
{
	struct str rest = { p->text, p->text_size }, line;
	struct text out = { 0 };
	bool in = true;
	while (rest.n && str_split(&rest, "\n", &line)) {
		if (str_starts(line, STR("%")))
			in = !str_eq(line, STR("%INSTALLDATE%")) && !str_eq(line, STR("%REASON%"));
		if (in && (line.n == 0 || !memchr(line.p, '\0', line.n)))
			add_line(&out, line);
	}
	return text_take(&out, r->maker->arena);
}

static struct str list(struct records *r, const struct owned *o)
{
	struct text out = { 0 };
	add_line(&out, STR("%FILES%"));
	for (size_t i = o->first; i < r->maker->n; i = r->next[i])
		add_line(&out, str_from(r->maker->entries[i].path));
	add_line(&out, STR(""));
	return text_take(&out, r->maker->arena);
}

void record_pacman(struct records *r)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct owned *o = r->all[i];
		const struct mkr_package *p = o->package;
		const char *name = arena_printf(
			r->maker->arena, "%s-%s", p->name, p->version ? p->version : "");
		if (!record_is_name(name)) {
			record_count(&r->unnamed, p->name);
			continue;
		}
		const char *folder = arena_printf(r->maker->arena, FOLDER "/%s", name);
		record_file(r, folder, "desc", describe(r, p), o->base ? o->base : o->origin,
			o->base ? o->newest_base : o->newest);
		record_file(r, folder, "files", list(r, o), o->base ? NULL : o->origin, o->newest);
	}
}
