#include "cli/words.h"

#include "base/json.h"
#include "base/vec.h"

#include <errno.h>
#include <string.h>

enum { JSON_BYTES_MAX = 1 << 20 };

struct words {
	VEC(const char *) list;
};

/* One word's end; its bytes, without quotes, go to *to. NULL: a quote does not end. */
static const char *take_word(const char *at, char *to)
{
	char quote = 0;
	for (; *at && (quote || !strchr(" \t\n", *at)); at++) {
		if (quote ? *at == quote : *at == '\'' || *at == '"') {
			quote = quote ? 0 : *at;
		} else if (*at == '\\' && quote != '\'' && at[1] &&
			(!quote || strchr("\\\"$`", at[1]))) {
			*to++ = *++at;
		} else {
			*to++ = *at;
		}
	}
	*to = '\0';
	return quote ? NULL : at;
}

static int split_plain(struct words *w, struct arena *a, const char *text, struct mkr_error *err)
{
	for (const char *at = text + strspn(text, " \t\n"); *at; at += strspn(at, " \t\n")) {
		char *word = arena_alloc(a, strlen(at) + 1);
		at = take_word(at, word);
		if (!at)
			return mkr_failx(err, -EINVAL, "'%s': a quote does not end", text);
		vec_push(&w->list, word);
	}
	return 0;
}

static int split_json(struct words *w, struct arena *a, const char *text, struct mkr_error *err)
{
	json_t *array;
	int r = json_parse(&array, text, strlen(text), JSON_BYTES_MAX, err);
	if (r < 0)
		return mkr_wrap(err, -EINVAL, "'%s'", text);
	const json_t *item;
	size_t i;
	json_array_foreach(array, i, item)
	{
		if (!json_is_string(item)) {
			r = mkr_failx(err, -EINVAL, "'%s' is no array of strings", text);
			break;
		}
		vec_push(&w->list, arena_dup(a, json_string_value(item)));
	}
	json_decref(array);
	return r;
}

int words_split(const char *const **out, struct arena *a, const char *text, struct mkr_error *err)
{
	struct words w = { 0 };
	int r = *text == '[' ? split_json(&w, a, text, err) : split_plain(&w, a, text, err);
	if (r == 0 && w.list.n == 0)
		r = mkr_failx(err, -EINVAL, "'%s' is no command", text);
	if (r == 0) {
		const char **words = arena_array(a, const char *, w.list.n + 1);
		memcpy(words, w.list.at, w.list.n * sizeof(*words));
		*out = words;
	}
	vec_free(&w.list);
	return r;
}
