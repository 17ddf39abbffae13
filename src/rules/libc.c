#include "rules/libc.h"

#include <string.h>

/* libc.so.6.1: alpha and ia64 (shlib-versions) */
bool subject_is_glibc(const struct subject *s)
{
	return s->elf && s->elf->soname && s->libc && strcmp(s->libc, "glibc") == 0 &&
		words_match("libc.so.6 libc.so.6.1", s->elf->soname);
}

const char *folder_beside(struct rules *r, const char *path, const char *name)
{
	struct arena *a = rules_arena(r);
	const char *dir = arena_dup_str(a, str_dir(str_from(path)));
	static const char *const above[] = { "", "/usr" };
	for (size_t i = 0; i < 2; i++) {
		const char *folder = arena_printf(a, "%s%s/%s", above[i], dir, name);
		if (rules_has(r, folder))
			return folder;
	}
	return NULL;
}
