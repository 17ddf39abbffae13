#include "image/fields.h"

#include "image/documents.h"

#include <errno.h>

static const char *type_name(json_type type)
{
	switch (type) {
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "an array";
	case JSON_STRING:
		return "a string";
	case JSON_INTEGER:
		return "a whole number";
	default:
		return "of another type";
	}
}

int field_document(json_t **out, const char *text, size_t n, json_type type, struct mkr_error *err)
{
	json_t *value;
	int r = json_parse(&value, text, n, DOCUMENT_MAX, err);
	if (r < 0)
		return r;
	if (json_typeof(value) != type) {
		json_decref(value);
		return mkr_failx(err, -EBADMSG, "its JSON is not %s", type_name(type));
	}
	*out = value;
	return 0;
}

static int get(
	json_t **ret, const json_t *in, const char *key, json_type type, struct mkr_error *err)
{
	json_t *value = json_object_get(in, key);
	*ret = NULL;
	if (!value || json_is_null(value))
		return 0;
	if (json_typeof(value) != type)
		return mkr_failx(err, -EBADMSG, "its '%s' is not %s", key, type_name(type));
	*ret = value;
	return 0;
}

int field_object(json_t **ret, const json_t *in, const char *key, struct mkr_error *err)
{
	return get(ret, in, key, JSON_OBJECT, err);
}

int field_array(json_t **ret, const json_t *in, const char *key, struct mkr_error *err)
{
	return get(ret, in, key, JSON_ARRAY, err);
}

int field_text(
	const char **ret, struct arena *a, const json_t *in, const char *key, struct mkr_error *err)
{
	json_t *value;
	int r = get(&value, in, key, JSON_STRING, err);
	if (r == 0)
		*ret = value ? arena_dup(a, json_string_value(value)) : NULL;
	return r;
}

int field_texts(const char *const **ret, size_t *ret_n, struct arena *a, const json_t *in,
	const char *key, struct mkr_error *err)
{
	json_t *list;
	int r = get(&list, in, key, JSON_ARRAY, err);
	if (r < 0)
		return r;
	size_t n = json_array_size(list);
	const char **texts = list ? arena_array(a, const char *, n + 1) : NULL;
	for (size_t i = 0; i < n; i++) {
		const char *text = json_string_value(json_array_get(list, i));
		if (!text)
			return mkr_failx(err, -EBADMSG, "its '%s' is not all strings", key);
		texts[i] = arena_dup(a, text);
	}
	*ret = texts;
	if (ret_n)
		*ret_n = n;
	return 0;
}

int field_size(uint64_t *ret, const json_t *in, const char *key, struct mkr_error *err)
{
	json_t *value;
	int r = get(&value, in, key, JSON_INTEGER, err);
	if (r < 0)
		return r;
	if (!value || json_integer_value(value) < 0)
		return mkr_failx(err, -EBADMSG, "it has no '%s'", key);
	*ret = (uint64_t)json_integer_value(value);
	return 0;
}
