#include "run/subid.h"

enum { FIRST = 524288, LAST = 1879048191, SIZE = 65536 };

static bool number(struct str s, uint32_t *ret)
{
	uint64_t n = 0;
	if (s.n == 0 || s.n > 10)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		n = n * 10 + (unsigned)(s.p[i] - '0');
	}
	*ret = (uint32_t)n;
	return n < UINT32_MAX;
}

/* The next line that is one: "name:first:count". */
static bool next(struct str *rest, struct str *who, struct subid *ret)
{
	struct str line, first, count;
	while (str_split(rest, "\n", &line)) {
		if (!str_split(&line, ":", who) || !line.p || !str_split(&line, ":", &first) ||
			!line.p || !str_split(&line, ":", &count) || line.p)
			continue;
		if (number(str_trim(first), &ret->first) && number(str_trim(count), &ret->count) &&
			ret->count && ret->count <= UINT32_MAX - ret->first)
			return true;
	}
	return false;
}

bool subid_find(struct str text, const char *name, uint32_t id, struct subid *ret)
{
	struct str who;
	struct subid s;
	uint32_t owner;
	bool found = false;
	while (next(&text, &who, &s)) {
		if (!(name && str_eq(who, str_from(name))) && !(number(who, &owner) && owner == id))
			continue;
		if (!found || s.count > ret->count)
			*ret = s;
		found = true;
	}
	return found;
}

bool subid_taken(struct str text, struct subid wanted)
{
	struct str who;
	struct subid s;
	while (next(&text, &who, &s))
		if (s.first < wanted.first + wanted.count && wanted.first < s.first + s.count)
			return true;
	return false;
}

bool subid_free(struct str uids, struct str gids, uint32_t seed, struct subid *ret)
{
	const uint32_t slots = ((uint32_t)LAST - FIRST + 1) / SIZE;
	for (uint32_t i = 0; i < slots; i++) {
		struct subid s = { FIRST + (seed + i) % slots * SIZE, SIZE };
		if (!subid_taken(uids, s) && !subid_taken(gids, s)) {
			*ret = s;
			return true;
		}
	}
	return false;
}
