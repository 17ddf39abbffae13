/* Members of a JSON object, with their types asked for. A member that is null is none (Go writes
 * that for an empty slice). */
#ifndef IMAGE_FIELDS_H
#define IMAGE_FIELDS_H

#include "base/arena.h"
#include "base/json.h"

#include <stdint.h>

/* The whole text as one object or array. The caller lets go of it with json_decref(). */
int field_document(json_t **out, const char *text, size_t n, json_type type, struct mkr_error *err);

/* *ret is NULL where there is none. */
int field_object(json_t **ret, const json_t *in, const char *key, struct mkr_error *err);
int field_array(json_t **ret, const json_t *in, const char *key, struct mkr_error *err);
int field_text(const char **ret, struct arena *a, const json_t *in, const char *key,
	struct mkr_error *err);
/* Ends with NULL; NULL where there is none. *ret_n may be NULL. */
int field_texts(const char *const **ret, size_t *ret_n, struct arena *a, const json_t *in,
	const char *key, struct mkr_error *err);
/* An error where there is none, or a negative one. */
int field_size(uint64_t *ret, const json_t *in, const char *key, struct mkr_error *err);

static inline void field_let_go_(json_t *const *value)
{
	json_decref(*value);
}
#define cleanup_json __attribute__((cleanup(field_let_go_)))

#endif
