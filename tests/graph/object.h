/* Writes the smallest ELF files that a loader maps, from words: no compiler, any machine, and any
 * defect that a case wants. */
#ifndef GRAPH_OBJECT_H
#define GRAPH_OBJECT_H

#include "base/arena.h"
#include "base/vec.h"

#include <stdint.h>

/* One word of a case's line: "rpath=/a:/b", "nodeflib". */
struct word {
	const char *key, *value; /* value: "" when there is no '=' */
};

/* What objects of a libc are like when nothing else is said. */
struct abi {
	const char *name; /* as a case says it: "libc musl" */
	const char *interp;
	uint16_t machine;
	unsigned bits;
};

/* The file as bytes. Words it does not know are an error of the case: NULL, *bad names the word. */
unsigned char *object_make(struct arena *a, const struct abi *abi, const struct word *words,
	size_t n_words, size_t *size, const char **bad);

#endif
