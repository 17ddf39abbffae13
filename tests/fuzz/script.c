/* "#!" lines, and env's arguments in them. */
#include "fuzz.h"

#include "base/arena.h"
#include "elf/script.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct script s;
	/* As many bytes as a caller has, which may be fewer than the kernel's buffer. */
	if (script_parse(&s, a, (const char *)data, size) &&
		(!*s.interp || strlen(s.interp) > SCRIPT_LINE_MAX))
		abort();
	char *text = arena_dup_str(a, (struct str){ (const char *)data, size });
	env_command(a, text);
	arena_free(a);
	return 0;
}
