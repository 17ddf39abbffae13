/* What a shell script calls, as far as its text tells: the words in command position. */
#ifndef RULES_SHELL_H
#define RULES_SHELL_H

#include "base/vec.h"

#include "base/arena.h"

struct shell_names {
	VEC(const char *) commands; /* names and paths; without builtins and own functions */
	VEC(const char *) sourced; /* what "." reads, by path or by a name in PATH */
	VEC(const char *) paths; /* absolute ones that variables hold, also in lists with ":" */
};

/* Reads a script in the language of sh(1) (POSIX, with what bash and ksh add). A word that holds a
 * variable counts with each value that a plain assignment, a "for" or "${NAME:-default}" gives it.
 * What cannot be told is left out; text that is no script of this kind gives anything, but ends.
 * `self` are the script's own paths, for "$0" and "$(dirname $0)"; ends with NULL, may be NULL.
 * Each name once; strings are the arena's, the arrays to be freed with shell_names_free(). */
void shell_names(
	struct arena *a, struct str text, const char *const *self, struct shell_names *out);
void shell_names_free(struct shell_names *names);

#endif
