#include "run/mountinfo.h"

#include "run/limit_value.h"

#include <errno.h>

const char *mount_path(struct arena *a, struct str escaped)
{
	char *s = arena_dup_str(a, escaped), *to = s;
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

static bool take_number(struct str *line, uint64_t *ret)
{
	struct str field;
	int64_t n;
	if (!str_split(line, " ", &field) || !value_number(field, 0, &n))
		return false;
	*ret = (uint64_t)n;
	return true;
}

/* "36 35 98:0 ROOT POINT OPTIONS [TAG...] - TYPE SOURCE OPTIONS" */
bool mount_line_parse(struct mount_line *m, struct str line)
{
	struct str field;
	*m = (struct mount_line){ 0 };
	if (!take_number(&line, &m->id) || !take_number(&line, &m->parent) ||
		!str_split(&line, " ", &field) || !str_split(&line, " ", &m->root) ||
		!str_split(&line, " ", &m->point) || m->point.n == 0 || m->point.p[0] != '/')
		return false;
	do {
		if (!str_split(&line, " ", &field))
			return false;
	} while (!str_eq(field, STR("-")));
	if (!str_split(&line, " ", &m->type) || m->type.n == 0)
		return false;
	if (str_split(&line, " ", &field))
		str_split(&line, " ", &m->options);
	return true;
}

static bool has(const struct mounts_below *lines, size_t from, uint64_t id)
{
	for (size_t i = lines->list.n; i-- > from;)
		if (lines->list.at[i].id == id)
			return true;
	return false;
}

int mounts_below(struct mounts_below *out, struct arena *a, const char *mountinfo, uint64_t top)
{
	const size_t from = out->list.n;
	struct str rest = str_from(mountinfo), line;
	struct mount_line m;
	while (str_split(&rest, "\n", &line)) {
		if (!mount_line_parse(&m, line) || (m.parent != top && !has(out, from, m.parent)))
			continue;
		if (out->list.n - from == MOUNTS_BELOW_MAX)
			return -EFBIG;
		struct mount_below one = { m.id, mount_path(a, m.point), arena_dup_str(a, m.type) };
		vec_push(&out->list, one);
	}
	return 0;
}
