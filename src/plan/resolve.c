#include "plan/resolve.h"

#include "base/str.h"

#include <string.h>
#include <sys/stat.h>

enum { LINKS_MAX = 40 }; /* as the kernel */

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
		const struct mkr_entry *e = mkr_entry_find(entries, n, next);
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
