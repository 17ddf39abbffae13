/* Dynamic string tokens: $ORIGIN, $LIB, $PLATFORM (ld.so(8); glibc elf/dl-load.c _dl_dst_substitute). */
#ifndef LOADER_DST_H
#define LOADER_DST_H

#include "base/arena.h"
#include "base/str.h"

/* What the tokens stand for; NULL: unknown there. */
struct dst {
	const char *origin, *lib, *platform;
};

/* `text` with its tokens replaced, in the arena. NULL: it holds a token that stands for nothing, so
 * that the whole path element falls away. The longest name counts: "$ORIGINAL" is no token. */
const char *dst_expand(struct arena *a, struct str text, const struct dst *dst);

#endif
