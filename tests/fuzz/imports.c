/* Scripts in python and perl, read for the modules they name. */
#include "fuzz.h"

#include "rules/lang_imports.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str text = { (const char *)data, size };
	struct imports i = { 0 };
	python_imports(a, text, true, &i);
	python_imports(a, text, false, &i);
	perl_imports(a, text, &i);
	for (size_t k = 0; k < i.modules.n; k++)
		if (!*i.modules.at[k] || strchr(i.modules.at[k], '/'))
			abort();
	imports_free(&i);
	arena_free(a);
	return 0;
}
