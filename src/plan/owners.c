#include "plan/owners.h"

#include "plan/resolve.h"

#include <string.h>
#include <sys/stat.h>

bool owners_in_place(const struct mkr_entry *e)
{
	if (S_ISDIR(e->mode) || e->why == MKR_WHY_MADE || (S_ISREG(e->mode) && !e->source))
		return false;
	return !e->source || strcmp(e->source + strspn(e->source, "/"), e->path) == 0;
}

bool owners_is_common(const struct mkr_entry *e)
{
	return S_ISLNK(e->mode) && !strchr(e->path, '/') && strncmp(e->target, "usr/", 4) == 0;
}

static bool leads_to_base(
	struct arena *a, const struct mkr_entry *entries, size_t n, const struct mkr_entry *e)
{
	if (!S_ISLNK(e->mode))
		return false;
	const char *real = plan_resolve(a, entries, n, e->path);
	const struct mkr_entry *file = real ? mkr_entry_find(entries, n, real) : NULL;
	return file && file->package && file->package->base;
}

void owners_set(struct arena *a, const struct mkr_closure *c, struct mkr_entry *entries, size_t n)
{
	const char **paths = arena_array(a, const char *, n + 1);
	const struct mkr_origin **rows = arena_array(a, const struct mkr_origin *, n + 1);
	const struct mkr_origin *base = NULL;
	size_t used = 0;
	for (size_t i = 0; i < n; i++)
		if (owners_in_place(&entries[i]))
			paths[used++] = entries[i].path;
	mkr_closure_owners(c, paths, used, rows);
	used = 0;
	for (size_t i = 0; i < n; i++) {
		if (!owners_in_place(&entries[i]))
			continue;
		entries[i].package = rows[used++];
		if (entries[i].package && entries[i].package->base)
			base = entries[i].package;
	}
	for (size_t i = 0; i < n && base; i++)
		if (leads_to_base(a, entries, n, &entries[i]) || owners_is_common(&entries[i]))
			entries[i].package = base;
}
