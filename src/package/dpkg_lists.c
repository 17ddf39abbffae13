#include "package/dpkg_lists.h"

#include "base/cleanup.h"
#include "base/map.h"

#include <string.h>

#define INFO DPKG "info"

enum { LISTS_MAX = 1000000 };

struct dpkg_list {
	const char *name; /* "libc6:amd64" */
	bool taken;
	UT_hash_handle hh;
};

/* Two of these are made for each package, so not by printf. */
static const char *join(struct arena *a, const char *first, const char *second, const char *third)
{
	size_t n1 = strlen(first), n2 = strlen(second), n3 = strlen(third);
	char *all = arena_alloc(a, n1 + n2 + n3 + 1);
	memcpy(all, first, n1);
	memcpy(all + n1, second, n2);
	memcpy(all + n1 + n2, third, n3);
	return all;
}

static struct dpkg_list *find(const struct dpkg_lists *l, const char *name)
{
	struct dpkg_list *found;
	HASH_FIND_STR(l->all, name, found);
	return found;
}

void dpkg_lists_read(struct db *db, struct dpkg_lists *l)
{
	cleanup_dir DIR *d = db_folder(db, INFO);
	const struct dirent *e;
	l->there = d != NULL;
	for (size_t n = 0; d && (e = readdir(d)) && n < LISTS_MAX; n++) {
		struct str name = str_from(e->d_name);
		if (!str_ends(name, STR(".list")))
			continue;
		name.n -= strlen(".list");
		struct dpkg_list *list = arena_new_of(db->arena, struct dpkg_list);
		list->name = arena_dup_str(db->arena, name);
		HASH_ADD_KEYPTR(hh, l->all, list->name, name.n, list);
	}
}

void dpkg_lists_free(struct dpkg_lists *l)
{
	HASH_CLEAR(hh, l->all);
}

const char *dpkg_lists_take(
	struct db *db, struct dpkg_lists *l, const char *name, const char *arch, bool installed)
{
	struct dpkg_list *list = NULL;
	const char *qualified = name;
	if (arch) {
		qualified = join(db->arena, name, ":", arch);
		list = find(l, qualified);
	}
	/* Before dpkg 1.16 no name had an architecture. */
	list = list ? list : find(l, name);
	if (list)
		list->taken = true;
	const char *path = join(db->arena, INFO "/", list ? list->name : qualified, ".list");
	if (!list && installed && l->n_missing++ == 0)
		l->missing = path;
	return path;
}

void dpkg_lists_check(struct db *db, const struct dpkg_lists *l)
{
	const struct dpkg_list *first = NULL;
	size_t n = 0;
	if (l->n_missing > 1)
		db_warn(db, l->missing, "and %zu more lists of installed packages are missing",
			l->n_missing - 1);
	else if (l->missing)
		db_warn(db, l->missing, "is missing, though its package is installed");
	for (const struct dpkg_list *x = l->all; x; x = x->hh.next) {
		if (x->taken)
			continue;
		n++;
		first = !first || strcmp(x->name, first->name) < 0 ? x : first;
	}
	if (!first)
		return;
	const char *path = arena_printf(db->arena, INFO "/%s.list", first->name);
	if (n > 1)
		db_warn(db, path, "and %zu more lists are of packages that status does not name",
			n - 1);
	else
		db_warn(db, path, "is of a package that status does not name");
}
