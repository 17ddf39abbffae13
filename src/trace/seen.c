#include "trace/seen.h"

#include "base/str.h"

#include <limits.h>
#include <stddef.h>

/* A command may look for as many names as it likes: they end up here only once, but there must be
 * an end. Some 10 million of them. */
#define SEEN_BYTES_MAX ((size_t)1 << 30)

void seen_add(struct seen_set *set, const char *path, uint32_t rights, unsigned how)
{
	char key[sizeof(rights) + PATH_MAX];
	size_t n = strlen(path);
	if (n == 0 || n >= PATH_MAX)
		return;
	memcpy(key, &rights, sizeof(rights));
	memcpy(key + sizeof(rights), path, n);
	struct seen *s;
	HASH_FIND(hh, set->all, key, sizeof(rights) + n, s);
	if (s) {
		s->how |= how;
		return;
	}
	if (arena_used(set->arena) > SEEN_BYTES_MAX) {
		set->full = true;
		return;
	}
	s = arena_new_of(set->arena, struct seen);
	char *kept = arena_alloc(set->arena, sizeof(rights) + n + 1);
	memcpy(kept, key, sizeof(rights) + n);
	s->path = kept + sizeof(rights);
	s->rights = rights;
	s->how = how;
	HASH_ADD_KEYPTR(hh, set->all, kept, sizeof(rights) + n, s);
}

struct joined {
	char *out;
	size_t n, size, floor;
};

static bool append(struct joined *j, struct str part)
{
	if (j->n + 1 + part.n + 1 > j->size)
		return false;
	j->out[j->n++] = '/';
	memcpy(j->out + j->n, part.p, part.n);
	j->n += part.n;
	return true;
}

static bool append_all(struct joined *j, const char *text, bool *ret_follow)
{
	struct str rest = str_from(text), part;
	while (str_split(&rest, "/", &part)) {
		*ret_follow = part.n == 0 || str_eq(part, STR(".")) || str_eq(part, STR(".."));
		if (part.n == 0 || str_eq(part, STR(".")))
			continue;
		if (str_eq(part, STR("..")) && j->n == j->floor)
			continue; /* of the root it is the root */
		if (!append(j, part))
			return false;
	}
	return true;
}

bool seen_join(char *out, size_t size, const char *root, const char *base, const char *path,
	bool *ret_follow)
{
	struct joined j = { .out = out, .size = size };
	bool ignored;
	*ret_follow = false;
	if (!append_all(&j, root, &ignored))
		return false;
	j.floor = j.n;
	if (base && !append_all(&j, base, &ignored))
		return false;
	if (!append_all(&j, path, ret_follow))
		return false;
	if (j.n == 0)
		out[j.n++] = '/';
	out[j.n] = '\0';
	return true;
}
