/* Where the C library of what is in the root lies: what it opens lies beside it. */
#ifndef RULES_LIBC_H
#define RULES_LIBC_H

#include "rules/rule.h"

/* Is it glibc's libc.so? */
bool subject_is_glibc(const struct subject *s);

/* The folder `name` that belongs to the library at `path` (without links): beside it, or below /usr
 * where that is no link. NULL: there is none. */
const char *folder_beside(struct rules *r, const char *path, const char *name);

#endif
