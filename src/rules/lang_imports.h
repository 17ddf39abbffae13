/* The modules that a text in some language names. */
#ifndef RULES_LANG_IMPORTS_H
#define RULES_LANG_IMPORTS_H

#include "base/arena.h"
#include "base/vec.h"

#include <stdbool.h>

struct imports {
	VEC(const char *) modules; /* "xml" of "import xml.dom", "Pod::Text" */
	VEC(const char *) families; /* "A::B" of 'require "A/B/$x.pm"': any module below it */
	VEC(const char *) folders; /* absolute ones that the text adds to where modules are */
};

/* import and from statements; with `all` those in blocks too, else those at the start of a line.
 * Relative imports are not told: they are of the package itself. */
void python_imports(struct arena *a, struct str text, bool all, struct imports *out);

/* use, require, no, parents, and names of modules in quotes or before "->", outside comments and
 * pod; what is but named counts where it is not a whole table. */
void perl_imports(struct arena *a, struct str text, struct imports *out);

void imports_free(struct imports *i);

#endif
