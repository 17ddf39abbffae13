/* The packages of a root, as its package manager's database tells them: who ships a file, what
 * else they ship, and whom they depend on.
 *
 * Files are found whichever side of the usr-merge the database names: /bin/ls is /usr/bin/ls. The
 * database is hostile: what is cut off or makes no sense is left out, with a warning. Everything is
 * borrowed, and lives as long as the packages do. */
#ifndef PACKAGE_PACKAGE_H
#define PACKAGE_PACKAGE_H

#include "base/arena.h"

#include <mkroot/root.h>

#include <stdbool.h>
#include <stddef.h>

/* Names in lists stand between blanks; versions and architectures are left out. As struct
 * mkr_package what the database does not say is NULL, but lists are "" then. */
struct package {
	const char *name, *version, *arch;
	const char *source; /* what it was built from; packages of one source belong together */
	const char *source_version; /* where no version is said, it is the package's own */
	const char *maintainer, *license;
	const char *depends; /* all alternatives */
	const char *recommends, *suggests;
	const char *provides;
	bool essential; /* on every system: nobody depends on it */
	struct str
		text; /* what the database says of it, in its own words; rpm: a line (rpm_line.h) */
	const char
		*setup; /* the script that sets it up after it was unpacked; NULL: none is kept */
	size_t index; /* 0, 1, ... */
};

/* Whose database it is. */
enum packages_format { PACKAGES_NONE, PACKAGES_DPKG, PACKAGES_RPM, PACKAGES_APK, PACKAGES_PACMAN };

struct packages;

/* Reads what database the root has; never NULL. */
struct packages *packages_open(const struct mkr_root *root);
void packages_free(struct packages *p); /* NULL: nothing */

/* The next thing that is found to be wrong with the database, a line that names the file and says
 * what comes of it; NULL: no more yet. Lists of files are read when they are asked for. */
const char *packages_warning(struct packages *p);

enum packages_format packages_format(const struct packages *p);

/* The file of the root that says which packages there are; NULL: more than one, or none. */
const char *packages_file(const struct packages *p);

size_t packages_count(const struct packages *p);
const struct package *packages_at(const struct packages *p, size_t i); /* i < count */

/* Who ships the file, NULL: nobody, or it is a folder, documentation, a header or a translation. */
const struct package *packages_owner(struct packages *p, const char *path);

/* Before the first question for an owner: those of documentation and the like shall be known too.
 */
void packages_know_all(struct packages *p);

/* Is the file one of the package's? Cheaper than packages_owner(), which reads all lists. */
bool packages_ships(struct packages *p, const struct package *pkg, const char *path);

/* The 32 digits of the MD5 that the database has for the package's file, NULL: it has none; until
 * another package is asked for. Path as for packages_owner(). */
const char *packages_sum(struct packages *p, const struct package *pkg, const char *path);

/* The package of that name, or one that provides it; of a path, its owner. NULL: there is none. */
const struct package *packages_named(struct packages *p, const char *name);

/* The next of the paths that the package ships, folders among them; *at is 0 at first. Absolute;
 * below /bin, /sbin or /lib perhaps, where the root has them below /usr. */
bool packages_next_file(
	struct packages *p, const struct package *pkg, size_t *at, struct str *path);

/* Does a depend on b, by however many others? Essential packages do not count, and lead nowhere. */
bool packages_depends(struct packages *p, const struct package *a, const struct package *b);

/* Is the name in the list? */
bool package_lists(const char *list, const char *name);

#endif
