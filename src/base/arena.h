/* Memory that is let go all at once: each long-lived object owns one arena for all its strings and
 * structs. Running out of memory aborts, here, in vec.h and in map.h only. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/str.h"

#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a); /* NULL: nothing */

/* `size` zeroed bytes, aligned for any type; never NULL. */
void *arena_alloc(struct arena *a, size_t size);

char *arena_dup(struct arena *a, const char *text);
char *arena_dup_str(struct arena *a, struct str text);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Bytes handed out so far: a limit on hostile input can be laid on it. */
size_t arena_used(const struct arena *a);

#define arena_new_of(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define arena_array(a, type, n) ((type *)arena_alloc((a), sizeof(type) * (n)))

/* Prints "out of memory" and aborts. */
void out_of_memory(void) __attribute__((noreturn));

#endif
