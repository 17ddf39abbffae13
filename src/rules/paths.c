#include "rules/paths.h"

#include "base/cleanup.h"
#include "os/root.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <string.h>
#include <sys/stat.h>

enum { PATHS_MAX = 1000, DEPTH_MAX = 40 };

struct paths {
	VEC(const char *) list;
};

/* Below `at`, which is there. */
static void expand(struct rules *r, const char *at, struct str rest, struct paths *out)
{
	struct arena *a = rules_arena(r);
	struct str part = { NULL, 0 };
	while (rest.p && part.n == 0)
		str_split(&rest, "/", &part);
	if (part.n == 0) {
		vec_push(&out->list, at);
		return;
	}
	const char *name = arena_dup_str(a, part);
	if (!strpbrk(name, "*?[")) {
		const char *path = arena_printf(a, "%s/%s", at, name);
		if (rules_has(r, path))
			expand(r, path, rest, out);
		return;
	}
	const char *const *names = rules_list(r, *at ? at : "/");
	for (; *names && out->list.n < PATHS_MAX; names++)
		if (fnmatch(name, *names, FNM_PERIOD) == 0) {
			const char *path = arena_printf(a, "%s/%s", at, *names);
			if (rules_has(r, path))
				expand(r, path, rest, out);
		}
}

struct names rules_paths(struct rules *r, const char *pattern)
{
	struct paths found = { 0 };
	struct names names = { NULL, 0 };
	expand(r, "", str_from(pattern), &found);
	if (found.list.n) {
		names.n = found.list.n;
		names.at = arena_array(rules_arena(r), const char *, names.n);
		memcpy(names.at, found.list.at, names.n * sizeof(*names.at));
	}
	vec_free(&found.list);
	return names;
}

static bool is_skipped(const char *const *skip, const char *name)
{
	for (; skip && *skip; skip++)
		if (fnmatch(*skip, name, 0) == 0)
			return true;
	return false;
}

static uint64_t tree_size(struct rules *r, const char *folder, const char *const *skip,
	uint64_t limit, unsigned depth)
{
	uint64_t sum = 0;
	const char *const *names = rules_list(r, folder);
	for (; *names && depth < DEPTH_MAX && sum <= limit; names++) {
		struct stat st;
		const char *path = arena_printf(rules_arena(r), "%s/%s", folder, *names);
		if (is_skipped(skip, *names))
			continue;
		cleanup_fd int fd = root_open(rules_root(r), path, O_PATH | O_NOFOLLOW);
		if (fd < 0 || fstat(fd, &st) < 0)
			continue;
		if (S_ISDIR(st.st_mode))
			sum += tree_size(r, path, skip, limit - sum, depth + 1);
		else if (S_ISREG(st.st_mode))
			sum += (uint64_t)st.st_size;
	}
	return sum;
}

uint64_t rules_tree_size(
	struct rules *r, const char *folder, const char *const *skip, uint64_t limit)
{
	return tree_size(r, folder, skip, limit, 0);
}
