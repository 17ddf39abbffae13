#include "plan/resolve.h"

#include "base/str.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LINKS_MAX = 40 }; /* as the kernel */

static int by_path(const void *key, const void *entry)
{
	return strcmp(key, ((const struct mkr_entry *)entry)->path);
}

const struct mkr_entry *plan_find(const struct mkr_entry *entries, size_t n, const char *path)
{
	return n ? bsearch(path, entries, n, sizeof(*entries), by_path) : NULL;
}

const char *plan_resolve(
	struct arena *a, const struct mkr_entry *entries, size_t n, const char *path)
{
	const char *here = "";
	struct str rest = str_from(path), part;
	unsigned links = 0;
	bool folder = true;
	while (str_split(&rest, "/", &part)) {
		if (part.n == 0)
			continue;
		if (!folder)
			return NULL;
		if (str_eq(part, STR(".")))
			continue;
		if (str_eq(part, STR(".."))) {
			here = arena_dup_str(a, str_dir(str_from(here)));
			continue;
		}
		const char *next =
			arena_printf(a, "%s%s%.*s", here, *here ? "/" : "", (int)part.n, part.p);
		const struct mkr_entry *e = plan_find(entries, n, next);
		if (!e)
			return NULL;
		if (!S_ISLNK(e->mode)) {
			folder = S_ISDIR(e->mode);
			here = next;
			continue;
		}
		if (++links > LINKS_MAX || !e->target)
			return NULL;
		if (e->target[0] == '/')
			here = "";
		rest = str_from(rest.p ? arena_printf(a, "%s/%.*s", e->target, (int)rest.n, rest.p)
				       : e->target);
	}
	return here;
}
