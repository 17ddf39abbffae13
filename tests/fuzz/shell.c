/* Shell scripts, read for what they call. */
#include "fuzz.h"

#include "rules/shell.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct shell_names names;
	static const char *const self[] = { "/usr/bin/x", NULL };
	shell_names(a, (struct str){ (const char *)data, size }, self, &names);
	for (size_t i = 0; i < names.commands.n; i++)
		if (!*names.commands.at[i] || strpbrk(names.commands.at[i], " \t\n;|&'\"$`"))
			abort();
	shell_names_free(&names);
	arena_free(a);
	return 0;
}
