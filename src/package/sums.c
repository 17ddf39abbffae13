#include "package/sums.h"

#include "base/arena.h"
#include "base/map.h"

enum { DIGITS = 32, PATH = 34 };

struct sum {
	const char *digits;
	UT_hash_handle hh;
};

struct sums {
	struct arena *arena;
	struct sum *all;
};

/* Without the slash in front, which the lists have not. */
static struct str key_of(struct str path)
{
	if (str_starts(path, STR("usr/bin/")) || str_starts(path, STR("usr/sbin/")) ||
		str_starts(path, STR("usr/lib")))
		return str_skip(path, 4);
	return path;
}

static bool is_hex(struct str digits)
{
	for (size_t i = 0; i < digits.n; i++)
		if (!memchr("0123456789abcdef", digits.p[i], 16))
			return false;
	return true;
}

struct sums *sums_read(struct str text)
{
	struct arena *arena = arena_new();
	struct sums *s = arena_new_of(arena, struct sums);
	s->arena = arena;
	while (text.n) {
		struct str line = str_line(&text);
		if (line.n <= PATH || !is_hex((struct str){ line.p, DIGITS }))
			continue;
		struct str key = key_of(str_skip(line, PATH));
		struct sum *sum;
		HASH_FIND(hh, s->all, key.p, key.n, sum);
		if (sum)
			continue;
		sum = arena_new_of(arena, struct sum);
		sum->digits = arena_dup_str(arena, (struct str){ line.p, DIGITS });
		HASH_ADD_KEYPTR(hh, s->all, key.p, key.n, sum);
	}
	return s;
}

void sums_free(struct sums *s)
{
	if (!s)
		return;
	HASH_CLEAR(hh, s->all);
	arena_free(s->arena);
}

const char *sums_find(const struct sums *s, struct str key)
{
	struct sum *sum;
	if (key.n < 2)
		return NULL;
	key = str_skip(key, 1);
	HASH_FIND(hh, s->all, key.p, key.n, sum);
	return sum ? sum->digits : NULL;
}
