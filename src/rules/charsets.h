/* glibc's character sets and the modules that know them, by the text of gconv-modules
 * (iconv/gconv_conf.c), and which of them a program names. */
#ifndef RULES_CHARSETS_H
#define RULES_CHARSETS_H

#include "base/arena.h"
#include "base/str.h"

#include <stddef.h>

struct charsets;

struct charsets *charsets_new(struct arena *a);
void charsets_free(struct charsets *c); /* NULL: nothing */

/* Reads one file: "alias FROM// TO//", "module FROM// TO// FILE COST". Other lines are passed over.
 */
void charsets_read(struct charsets *c, struct str text);

/* The files ("CP850", without ".so") that know what the constant text names: whole strings as
 * "KOI8-R" or "CP850//TRANSLIT", and patterns for a number, "CP%d". Each once, with the first found
 * in front; ends with NULL. Empty when they are more than `max`: a table, of which nobody says what
 * is used. */
const char *const *charsets_named(struct charsets *c, struct str text, size_t max);

#endif
