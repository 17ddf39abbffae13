/* A package's header out of rpm's database. */
#include "fuzz.h"

#include "package/db.h"
#include "package/rpm_header.h"

#include <stdlib.h>
#include <string.h>

static void take(void *ctx, const struct record *r)
{
	bool *taken = ctx;
	struct str files = r->files, line;
	size_t tabs = 0;
	if (*taken || !r->package.name || !r->package.depends)
		abort();
	while (files.n) {
		line = str_line(&files);
		if (line.n == 0 || memchr(line.p, '\0', line.n))
			abort();
	}
	line = r->package.text;
	for (size_t i = 0; i < line.n; i++) {
		tabs += line.p[i] == '\t';
		if ((unsigned char)line.p[i] < ' ' && line.p[i] != '\t')
			abort();
	}
	if (line.n && tabs != 9)
		abort();
	*taken = true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool taken = false;
	struct str blob = { (const char *)data, size };
	struct db db = { .arena = arena_new(), .add = take, .ctx = &taken };
	struct rpm_header h;
	bool good = db_rpm_header(&db, blob);
	if (taken && (!good || !rpm_header_open(&h, blob)))
		abort();
	arena_free(db.arena);
	return 0;
}
