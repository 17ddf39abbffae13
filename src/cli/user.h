/* --user as typed. */
#ifndef CLI_USER_H
#define CLI_USER_H

#include <mkroot/error.h>
#include <mkroot/rules.h>

#include <stdbool.h>
#include <stddef.h>

/* NAME[:UID[:GID]]; a bare UID[:GID] names nobody and adds none to passwd. *n is 1 or 0; NULL for
 * `text` is 0. What was not said is MKR_USER_ANY. -EINVAL. */
int user_from_words(struct mkr_user *out, const char *text, size_t *n, struct mkr_error *err);

/* What an image's User is: the NAME, which its passwd knows, or UID[:GID]. */
struct arena;
const char *image_user(struct arena *a, const char *text);

/* A decimal number that is the whole of `text` up to `end`, below the highest 32-bit one, which
 * means "none". */
bool parse_id(const char *text, const char *end, uint32_t *id);

#endif
