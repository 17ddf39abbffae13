#include "run/mountinfo.h"

#include "base/str.h"
#include "run/limit_value.h"

#include <errno.h>
#include <stdbool.h>

/* Blanks, newlines and backslashes are octal there. */
static const char *unescape(struct arena *arena, struct str text)
{
	char *s = arena_dup_str(arena, text), *to = s;
	for (const char *from = s; *from; from++) {
		if (from[0] == '\\' && from[1] >= '0' && from[1] <= '3' && from[2] >= '0' &&
			from[2] <= '7' && from[3] >= '0' && from[3] <= '7') {
			*to++ = (char)((from[1] - '0') * 64 + (from[2] - '0') * 8 + from[3] - '0');
			from += 3;
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
	return s;
}

/* "36 35 98:0 ROOT POINT OPTIONS [TAG...] - TYPE ..." */
static bool parse(struct arena *a, struct str line, struct mount_line *m)
{
	int64_t numbers[2];
	struct str field = { 0 }, point = { 0 };
	for (int i = 0; i < 2; i++)
		if (!str_split(&line, " ", &field) || !value_number(field, 0, &numbers[i]))
			return false;
	for (int i = 0; i < 3; i++)
		if (!str_split(&line, " ", &point))
			return false;
	while (!str_eq(field, STR("-")))
		if (!str_split(&line, " ", &field))
			return false;
	if (!str_split(&line, " ", &field) || field.n == 0 || point.n == 0 || point.p[0] != '/')
		return false;
	*m = (struct mount_line){ (uint64_t)numbers[0], (uint64_t)numbers[1], unescape(a, point),
		arena_dup_str(a, field) };
	return true;
}

static bool has(const struct mount_lines *lines, size_t from, uint64_t id)
{
	for (size_t i = lines->list.n; i-- > from;)
		if (lines->list.at[i].id == id)
			return true;
	return false;
}

int mounts_below(struct mount_lines *out, struct arena *a, const char *mountinfo, uint64_t top)
{
	const size_t from = out->list.n;
	struct str rest = str_from(mountinfo), line;
	struct mount_line m;
	while (str_split(&rest, "\n", &line)) {
		if (!parse(a, line, &m) || (m.parent != top && !has(out, from, m.parent)))
			continue;
		if (out->list.n - from == MOUNTS_BELOW_MAX)
			return -EFBIG;
		vec_push(&out->list, m);
	}
	return 0;
}
