/* A set of strings: what was seen, said or done already. */
#ifndef BASE_SET_H
#define BASE_SET_H

#include "base/arena.h"
#include "base/map.h"

#include <stdbool.h>

struct set {
	const char *text;
	UT_hash_handle hh;
};

/* True when the text is new to the set, which is empty as NULL; a copy goes into the arena. */
bool set_add(struct set **set, struct arena *arena, const char *text);

/* Lets go of what is not the arena's. */
void set_clear(struct set **set);

#endif
