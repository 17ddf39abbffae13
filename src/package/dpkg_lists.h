/* Which lists of files dpkg's info/ has, and which of them its packages do not account for. */
#ifndef PACKAGE_DPKG_LISTS_H
#define PACKAGE_DPKG_LISTS_H

#include "package/db.h"

#define DPKG "/var/lib/dpkg/"

struct dpkg_list;

struct dpkg_lists {
	struct dpkg_list *all;
	bool there; /* the folder was read */
	const char *missing; /* the first list that a package has not */
	size_t n_missing;
};

void dpkg_lists_read(struct db *db, struct dpkg_lists *l);
void dpkg_lists_free(struct dpkg_lists *l);

/* The path of a package's list, there or not; `arch` is part of its name where it is not NULL. */
const char *dpkg_lists_take(
	struct db *db, struct dpkg_lists *l, const char *name, const char *arch, bool installed);

/* Warns of packages without lists, and of lists without packages. */
void dpkg_lists_check(struct db *db, const struct dpkg_lists *l);

#endif
