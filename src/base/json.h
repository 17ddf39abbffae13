/* The one door through which JSON is read: jansson's values, but what comes in is bounded first. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <mkroot/error.h>

#include <jansson.h>
#include <stddef.h>

/* Objects and arrays inside each other; jansson's own limit is its stack. */
enum { JSON_DEPTH_MAX = 32 };

/* Parses `n` bytes, which must be one whole value: UTF-8, no key twice in an object, no NUL in a
 * string. The caller lets go of *out with json_decref(). -EFBIG: over `limit` bytes, -EBADMSG:
 * no JSON, or too deep. */
int json_parse(json_t **out, const char *text, size_t n, size_t limit, struct mkr_error *err);

/* A member that is a string, NULL when there is none; borrowed from `object`. */
const char *json_text(const json_t *object, const char *key);

#endif
