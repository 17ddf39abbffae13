#include "loader/dirlist.h"

#include "base/vec.h"

#include <string.h>

static struct dir make_dir(struct process *p, const char *text)
{
	struct arena *a = p->reg->arena;
	size_t n = strlen(text);
	while (n > 1 && text[n - 1] == '/')
		n--;
	struct dir d = { .shown = arena_dup_str(a, (struct str){ text, n }) };
	d.relative = text[0] != '/';
	const char *absolute = n == 0 ? process_absolute(p, ".") : process_absolute(p, d.shown);
	if (n == 0)
		absolute = arena_dup_str(a, str_dir(str_from(absolute)));
	bool slash = absolute[strlen(absolute) - 1] == '/';
	d.path = slash ? absolute : arena_printf(a, "%s/", absolute);
	return d;
}

/* fillin_rpath() compares the names, not what they stand for. */
static bool holds(const struct dir *at, size_t n, const char *shown)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(at[i].shown, shown) == 0)
			return true;
	return false;
}

struct dirs dirlist_parse(
	struct process *p, const char *list, const char *stops, const struct dst *dst)
{
	struct arena *a = p->reg->arena;
	VEC(struct dir) v = { 0 };
	struct str rest = str_from(list), part;
	/* decompose_rpath(): an empty list has no element, not an empty one. */
	while (*list && str_split(&rest, stops, &part)) {
		const char *text = dst_expand(a, part, dst);
		if (!text || (part.n && !*text))
			continue;
		struct dir d = make_dir(p, text);
		if (!holds(v.at, v.n, d.shown))
			vec_push(&v, d);
	}
	struct dir *at = arena_array(a, struct dir, v.n);
	if (v.n)
		memcpy(at, v.at, v.n * sizeof(*at));
	vec_free(&v);
	return (struct dirs){ at, v.n };
}
