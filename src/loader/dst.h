/* Dynamic string tokens: $ORIGIN, $LIB, $PLATFORM (ld.so(8); glibc elf/dl-load.c
 * _dl_dst_substitute). */
#ifndef LOADER_DST_H
#define LOADER_DST_H

#include "base/arena.h"
#include "base/str.h"

/* What the tokens stand for; NULL: unknown there. */
struct dst {
	const char *origin, *lib, *platform;
	/* In a set-user-ID program $ORIGIN counts as a whole first component only, ... */
	bool secure;
	const char *const *trusted; /* ... and leads into one of these folders; NULL: anywhere */
};

/* Does it hold a token at all? */
bool dst_has_token(struct str text);

/* `text` with its tokens replaced, in the arena. NULL: it holds a token that stands for nothing, so
 * that the whole path element falls away. The longest name counts: "$ORIGINAL" is no token. */
const char *dst_expand(struct arena *a, struct str text, const struct dst *dst);

#endif
