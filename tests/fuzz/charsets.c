/* A list of modules and a program's text, cut at a form feed: files that are named lie beside the
 * list, whatever they say. */
#include "fuzz.h"

#include "rules/charsets.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct str rest = { (const char *)data, size }, list = { "", 0 };
	str_split(&rest, "\f", &list);
	struct charsets *c = charsets_new(arena);
	charsets_read(c, list);
	if (rest.p)
		for (const char *const *f = charsets_named(c, rest, 32); *f; f++)
			if (!**f || **f == '.' || strchr(*f, '/'))
				abort();
	charsets_free(c);
	arena_free(arena);
	return 0;
}
