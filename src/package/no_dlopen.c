/* SQLite's extensions are libraries, which a static program cannot open and this one never asks
 * for. SQLite's calls of dlopen(3) come here (ld(1) --wrap): the linker has no cause for a warning.
 */
#include <stddef.h>

void *__wrap_dlopen(const char *name, int flags); /* NOLINT(*-reserved-identifier): the linker's */

void *__wrap_dlopen(const char *name, int flags) /* NOLINT(*-reserved-identifier) */
{
	(void)name, (void)flags;
	return NULL;
}
