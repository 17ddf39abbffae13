/* Paths that a program holds itself, where no import tells what it looks up: static programs, and
 * those that bring libraries of their own (Go, Rust). */
#ifndef RULES_EMBEDDED_H
#define RULES_EMBEDDED_H

#include "rules/rule.h"

/* A program that needs no library, and has its C library, if it has one, inside. */
bool subject_is_static(const struct subject *s);

/* The first of the paths (words) that the program's constant text holds, NULL: none. They need not
 * be C strings: Go lays its strings one behind the other, without an end. */
const char *subject_embeds(struct rules *r, const struct subject *s, const char *words);

/* The same of static programs alone. */
const char *static_embeds(struct rules *r, const struct subject *s, const char *words);

#endif
