/* The JSON of a .note.dlopen. */
#include "fuzz.h"

#include "base/arena.h"
#include "elf/detail.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct mkr_elf_detail d = { 0 };
	detail_dlopen(a, (const char *)data, size, &d);
	for (size_t i = 0; i < d.n_dlopens; i++)
		if (!d.dlopens[i].sonames[0] || !*d.dlopens[i].sonames[0])
			abort();
	arena_free(a);
	return 0;
}
