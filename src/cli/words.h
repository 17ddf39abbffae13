/* A command that was typed as one argument. */
#ifndef CLI_WORDS_H
#define CLI_WORDS_H

#include "base/arena.h"

#include <mkroot/error.h>

/* Takes the text apart as a shell would (sh(1), "Quoting"): blanks divide, '...', "..." and
 * \ quote; nothing is expanded. A text that starts with "[" is a JSON array of strings. *out ends
 * with NULL and holds a word at least. -EINVAL: a quote that does not end, no word. */
int words_split(const char *const **out, struct arena *a, const char *text, struct mkr_error *err);

#endif
