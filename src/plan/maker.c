#include "plan/maker.h"

#include "base/str.h"
#include "plan/resolve.h"

#include <string.h>
#include <sys/stat.h>

struct mkr_entry maker_entry(const struct maker *m, const char *path, uint32_t mode,
	enum mkr_why why, const char *because)
{
	struct mkr_entry e = { .path = path, .mode = mode, .why = why, .because = because };
	if (m->policy->owner == MKR_OWNER_SET) {
		e.uid = m->policy->uid;
		e.gid = m->policy->gid;
	}
	return e;
}

static bool is_made(const struct maker *m, const char *path)
{
	for (size_t i = 0; i < m->made->n; i++)
		if (strcmp(m->made->at[i].path, path) == 0)
			return true;
	return false;
}

const char *maker_way(struct maker *m, const char *path)
{
	const char *because = arena_printf(m->arena, "on the way to %s", path);
	struct str rest = str_from(path), part;
	const char *here = "";
	while (str_split(&rest, "/", &part)) {
		if (part.n == 0)
			continue;
		here = arena_printf(
			m->arena, "%s%s%.*s", here, *here ? "/" : "", (int)part.n, part.p);
		if (!rest.p)
			return here;
		const struct mkr_entry *e = mkr_entry_find(m->entries, m->n, here);
		if (e && S_ISLNK(e->mode))
			here = plan_resolve(m->arena, m->entries, m->n, here);
		else if (e && !S_ISDIR(e->mode))
			return NULL;
		else if (!e && !is_made(m, here))
			vec_push(m->made,
				maker_entry(m, here, S_IFDIR | 0755, MKR_WHY_PARENT, because));
		if (!here)
			return NULL;
	}
	return NULL;
}
