#include "loader/dst.h"

#include <ctype.h>
#include <stdbool.h>

static bool is_name(char c)
{
	return c == '_' || isalnum((unsigned char)c);
}

/* Length of the token `name` at the front of `s` ("$NAME" or "${NAME}"), 0 when it is none. */
static size_t token_length(struct str s, struct str name)
{
	bool braces = s.n > 1 && s.p[1] == '{';
	size_t skip = braces ? 2 : 1;
	if (s.n < skip + name.n || memcmp(s.p + skip, name.p, name.n) != 0)
		return 0;
	size_t end = skip + name.n;
	if (braces)
		return end < s.n && s.p[end] == '}' ? end + 1 : 0;
	return end < s.n && is_name(s.p[end]) ? 0 : end;
}

/* The token at the front of `s`: its length, and what it stands for. */
static size_t find_token(struct str s, const struct dst *dst, const char **value)
{
	const struct {
		struct str name;
		const char *value;
	} tokens[] = {
		{ STR("ORIGIN"), dst->origin },
		{ STR("LIB"), dst->lib },
		{ STR("PLATFORM"), dst->platform },
	};
	for (size_t i = 0; i < sizeof(tokens) / sizeof(*tokens); i++) {
		size_t n = token_length(s, tokens[i].name);
		if (n) {
			*value = tokens[i].value;
			return n;
		}
	}
	return 0;
}

/* Writes the expansion to `out` (NULL: only counts). False: a token without a value. */
static bool expand(struct str text, const struct dst *dst, char *out, size_t *n)
{
	*n = 0;
	while (text.n) {
		const char *value = NULL;
		size_t token = text.p[0] == '$' ? find_token(text, dst, &value) : 0;
		struct str piece = token ? (struct str){ value, value ? strlen(value) : 0 }
					 : (struct str){ text.p, 1 };
		if (token && !value)
			return false;
		if (out)
			memcpy(out + *n, piece.p, piece.n);
		*n += piece.n;
		text = str_skip(text, token ? token : 1);
	}
	return true;
}

bool dst_has_token(struct str text)
{
	const struct dst none = { 0 };
	const char *value;
	for (; text.n; text = str_skip(text, 1))
		if (text.p[0] == '$' && find_token(text, &none, &value))
			return true;
	return false;
}

static bool has_origin(struct str text)
{
	return token_length(text, STR("ORIGIN")) != 0;
}

/* is_trusted_path_normalize(): "." and ".." are taken out by their letters, not by the links. */
static bool is_trusted(struct arena *a, const char *path, const char *const *trusted)
{
	char *out = arena_alloc(a, strlen(path) + 2);
	size_t n = 0;
	struct str rest = str_from(path), part;
	while (str_split(&rest, "/", &part)) {
		if (part.n == 0 || str_eq(part, STR(".")))
			continue;
		if (str_eq(part, STR(".."))) {
			while (n > 0 && out[--n] != '/')
				;
			continue;
		}
		out[n++] = '/';
		memcpy(out + n, part.p, part.n);
		n += part.n;
	}
	out[n++] = '/';
	for (size_t i = 0; trusted[i]; i++)
		if (str_starts((struct str){ out, n }, str_from(trusted[i])))
			return true;
	return false;
}

/* _dl_dst_substitute() where __libc_enable_secure is set: an $ORIGIN that is not all of the first
 * component voids the element. */
static bool is_secure(struct str text)
{
	for (struct str s = text; s.n; s = str_skip(s, 1)) {
		size_t n = s.p[0] == '$' && has_origin(s) ? token_length(s, STR("ORIGIN")) : 0;
		if (n && (s.p != text.p || (n < s.n && s.p[n] != '/')))
			return false;
	}
	return true;
}

const char *dst_expand(struct arena *a, struct str text, const struct dst *dst)
{
	size_t n;
	if (!memchr(text.p, '$', text.n))
		return arena_dup_str(a, text);
	if ((dst->secure && !is_secure(text)) || !expand(text, dst, NULL, &n))
		return NULL;
	char *out = arena_alloc(a, n + 1);
	expand(text, dst, out, &n);
	if (dst->secure && dst->trusted && has_origin(text) && !is_trusted(a, out, dst->trusted))
		return NULL;
	return out;
}
