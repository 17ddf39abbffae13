/* This process' own command line, the caller's words: where it lies, and wiping it. */
#ifndef RUN_ARGUMENTS_H
#define RUN_ARGUMENTS_H

#include "base/arena.h"

#include <mkroot/error.h>

#include <stdbool.h>
#include <stddef.h>

struct arguments {
	char *from;
	size_t n; /* bytes, with the last NUL */
};

/* From /proc/self/stat, the text of which is `stat` (proc(5), fields 48 and 49). False: it does not
 * say. */
bool arguments_parse(struct arguments *a, const char *stat);
int arguments_find(struct arguments *a, struct mkr_error *err);

/* /proc/PID/cmdline shows every process the bytes that were given to execve(2), wherever they are
 * copied to; it shows `title` from here on. What is still needed of them has to be a copy. */
void arguments_forget(const struct arguments *a, const char *title);

/* A copy, all in the arena, of a list that ends with NULL; of NULL, NULL. */
const char *const *arguments_copy(struct arena *arena, const char *const *list);

#endif
