#include "base/json.h"

#include <errno.h>
#include <stdbool.h>

/* Counts brackets outside of strings. A value takes about forty times the bytes it was written in:
 * the callers' limits have to be small. */
static bool is_too_deep(const char *text, size_t n)
{
	size_t depth = 0;
	bool quoted = false;
	for (size_t i = 0; i < n; i++) {
		char c = text[i];
		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '[' || c == '{') && ++depth > JSON_DEPTH_MAX)
			return true;
		else if (!quoted && (c == ']' || c == '}') && depth)
			depth--;
	}
	return false;
}

int json_parse(json_t **out, const char *text, size_t n, size_t limit, struct mkr_error *err)
{
	if (n > limit)
		return mkr_failx(err, -EFBIG, "its JSON is over %zu bytes long", limit);
	if (is_too_deep(text, n))
		return mkr_failx(err, -EBADMSG, "its JSON is over %d levels deep", JSON_DEPTH_MAX);
	json_error_t why;
	json_t *value = json_loadb(text, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
	if (!value)
		return mkr_failx(err, -EBADMSG, "broken JSON at line %d, column %d: %s", why.line,
			why.column, why.text);
	*out = value;
	return 0;
}

const char *json_text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}
