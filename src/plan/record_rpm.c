/* rpm's packages as Azure Linux' distroless images have them (its toolkit's installutils.go):
 * container-manifest-1 is what `rpm -qa` prints, container-manifest-2 has ten columns a line. Trivy
 * and Syft read the second. */
#include "plan/records.h"

#include "base/str.h"
#include "base/text.h"

#include <string.h>

#define FOLDER "var/lib/rpmmanifest"

enum { COLUMN_NAME, COLUMN_VERSION, COLUMN_ARCH = 7 };

static struct str column(struct str line, size_t n)
{
	struct str part = STR("");
	for (size_t i = 0; i <= n; i++)
		if (!str_split(&line, "\t", &part))
			return STR("");
	return part;
}

static void add_file(struct records *r, const char *name, struct text *lines)
{
	record_file(r, FOLDER, name, text_take(lines, r->maker->arena), NULL, r->newest);
}

void record_rpm(struct records *r)
{
	struct arena *a = r->maker->arena;
	struct text names = { 0 }, lines = { 0 };
	for (size_t i = 0; i < r->n; i++) {
		const struct mkr_package *p = r->all[i]->package;
		struct str line = { p->text, p->text_size };
		if (!line.n) {
			record_count(&r->unnamed, p->name);
			continue;
		}
		struct str name = column(line, COLUMN_NAME), arch = column(line, COLUMN_ARCH);
		struct str version = column(line, COLUMN_VERSION);
		text_add(&names,
			str_from(arena_printf(a, "%.*s-%.*s.%.*s\n", (int)name.n, name.p,
				(int)version.n, version.p, (int)arch.n, arch.p)));
		text_add(&lines, line);
		text_add(&lines, STR("\n"));
	}
	add_file(r, "container-manifest-1", &names);
	add_file(r, "container-manifest-2", &lines);
}
