/* rpm's packages as Azure Linux' distroless images have them (its toolkit's installutils.go):
 * container-manifest-1 is what `rpm -qa` prints, container-manifest-2 has ten columns a line. Trivy
 * and Syft read the second. */
#include "plan/records.h"

#include "base/str.h"

#include <string.h>

#define FOLDER "var/lib/rpmmanifest"

enum { COLUMN_NAME, COLUMN_VERSION, COLUMN_ARCH = 7 };

struct lines {
	VEC(char) v;
};

static void append(struct lines *out, const char *text)
{
	for (; *text; text++)
		vec_push(&out->v, *text);
}

static struct str column(struct str line, size_t n)
{
	struct str part = STR("");
	for (size_t i = 0; i <= n; i++)
		if (!str_split(&line, "\t", &part))
			return STR("");
	return part;
}

static void add_file(struct records *r, const char *name, struct lines *lines)
{
	struct str text = { lines->v.n ? lines->v.at : "", lines->v.n };
	text.p = arena_dup_str(r->maker->arena, text);
	record_file(r, FOLDER, name, text, NULL, r->newest);
	vec_free(&lines->v);
}

void record_rpm(struct records *r)
{
	struct arena *a = r->maker->arena;
	struct lines names = { 0 }, lines = { 0 };
	for (size_t i = 0; i < r->n; i++) {
		const struct mkr_package *p = r->all[i]->package;
		struct str line = { p->text, p->text_size };
		if (!line.n) {
			record_count(&r->unnamed, p->name);
			continue;
		}
		struct str name = column(line, COLUMN_NAME), arch = column(line, COLUMN_ARCH);
		struct str version = column(line, COLUMN_VERSION);
		append(&names,
			arena_printf(a, "%.*s-%.*s.%.*s\n", (int)name.n, name.p, (int)version.n,
				version.p, (int)arch.n, arch.p));
		append(&lines, arena_printf(a, "%.*s\n", (int)line.n, line.p));
	}
	add_file(r, "container-manifest-1", &names);
	add_file(r, "container-manifest-2", &lines);
}
