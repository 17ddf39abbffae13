/* Are two entries the same thing? */
#ifndef PLAN_SAME_H
#define PLAN_SAME_H

#include <mkroot/plan.h>

#include <stdbool.h>

/* Mode, owner, extended attributes and, unless the entries are folders or links or `b` is made, the
 * time in whole seconds, which archives keep. */
bool same_meta(const struct mkr_entry *a, const struct mkr_entry *b);

/* The content of two files, the target of two links, the numbers of two devices. Returns 1 or 0, or
 * a negative errno with the words set. Files are read to be compared. */
int same_content(const struct mkr_entry *a, const struct mkr_entry *b, struct mkr_error *err);

/* "a file", "a folder" ... */
const char *type_in_words(uint32_t mode);

#endif
