#include "base/set.h"

#include <string.h>

bool set_add(struct set **set, struct arena *arena, const char *text)
{
	struct set *s;
	size_t n = strlen(text);
	HASH_FIND(hh, *set, text, n, s);
	if (s)
		return false;
	s = arena_new_of(arena, struct set);
	s->text = arena_dup(arena, text);
	HASH_ADD_KEYPTR(hh, *set, s->text, n, s);
	return true;
}

void set_clear(struct set **set)
{
	HASH_CLEAR(hh, *set);
}
