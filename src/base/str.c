#include "base/str.h"

bool str_split(struct str *rest, const char *stops, struct str *part)
{
	if (!rest->p)
		return false;
	for (size_t i = 0; i < rest->n; i++) {
		if (strchr(stops, rest->p[i]) && rest->p[i]) {
			*part = (struct str){ rest->p, i };
			*rest = str_skip(*rest, i + 1);
			return true;
		}
	}
	*part = *rest;
	*rest = (struct str){ NULL, 0 };
	return true;
}

struct str str_line(struct str *rest)
{
	const char *end = rest->n ? memchr(rest->p, '\n', rest->n) : NULL;
	struct str line = { rest->p, end ? (size_t)(end - rest->p) : rest->n };
	*rest = str_skip(*rest, line.n + (end != NULL));
	return line;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct str str_trim(struct str s)
{
	while (s.n && is_blank(s.p[0]))
		s = str_skip(s, 1);
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct str str_base(struct str path)
{
	size_t i = path.n;
	while (i && path.p[i - 1] != '/')
		i--;
	return str_skip(path, i);
}

struct str str_dir(struct str path)
{
	size_t i = path.n;
	while (i && path.p[i - 1] != '/')
		i--;
	if (i == 0)
		return (struct str){ "", 0 };
	while (i > 1 && path.p[i - 1] == '/')
		i--;
	return (struct str){ path.p, i };
}
