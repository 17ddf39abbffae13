/* Who ships the files of a root, as its package manager's database says: dpkg's, rpm's (SQLite),
 * apk's or pacman's. Nothing is run, and nothing outside of the root is read. */
#ifndef MKROOT_PACKAGES_H
#define MKROOT_PACKAGES_H

#include <mkroot/error.h>
#include <mkroot/root.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a database says of a package; NULL where it does not. Text of the database's, not checked:
 * it may be any bytes but NUL. */
struct mkr_package {
	const char *name; /* never NULL */
	const char *version; /* whole, as the package manager writes it: "1:2.3-4" */
	const char *arch; /* "amd64", "x86_64", "all", "noarch" */
	const char *source; /* what it was built from; never NULL */
	const char *source_version;
	const char *maintainer; /* rpm: the packager or, without one, the vendor */
	const char *license; /* rpm, apk, pacman */
};

struct mkr_packages;

/* Reads the root's database; a root that has none has no packages. The root is borrowed until
 * mkr_packages_free(), for which NULL is no error. */
int mkr_packages_open(
	struct mkr_packages **out, const struct mkr_root *root, struct mkr_error *err);
void mkr_packages_free(struct mkr_packages *p);

/* Who ships the file that the path names, with links resolved in the folders on the way or not:
 * /bin/ls and /usr/bin/ls are one. NULL: nobody, or it is a folder. Lives as long as the packages.
 */
const struct mkr_package *mkr_packages_owner(struct mkr_packages *p, const char *path);

/* The package that has the name; NULL: there is none. */
const struct mkr_package *mkr_packages_named(struct mkr_packages *p, const char *name);

/* The next thing found to be wrong with the database, a line that names the file; NULL: no more. */
const char *mkr_packages_warning(struct mkr_packages *p);

#ifdef __cplusplus
}
#endif

#endif
