/* Who ships the files of a root, as its package manager's database says: dpkg's, rpm's (SQLite),
 * apk's or pacman's. Nothing is run, and nothing outside of the root is read. */
#ifndef MKROOT_PACKAGES_H
#define MKROOT_PACKAGES_H

#include <mkroot/error.h>
#include <mkroot/root.h>

#include <stddef.h>

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
	const char *text; /* what the database says, in its own words: dpkg's paragraph, apk's
			   * stanza, pacman's desc; rpm: a line as in /var/lib/rpmmanifest, "" where
			   * none can say it. `text_size` bytes of any kind */
	size_t text_size;
};

enum mkr_package_format {
	MKR_PACKAGES_NONE,
	MKR_PACKAGES_DPKG,
	MKR_PACKAGES_RPM,
	MKR_PACKAGES_APK,
	MKR_PACKAGES_PACMAN
};

struct mkr_packages;

/* Reads the root's database; a root that has none has no packages. The root is borrowed until
 * mkr_packages_free(), for which NULL is no error. */
int mkr_packages_open(
	struct mkr_packages **out, const struct mkr_root *root, struct mkr_error *err);
void mkr_packages_free(struct mkr_packages *p);

/* Whose database it is, and the file of the root that says which packages there are; NULL: more
 * than one says it, or none. */
enum mkr_package_format mkr_packages_format(const struct mkr_packages *p);
const char *mkr_packages_file(const struct mkr_packages *p);

/* The `i`th package, NULL: there are no more. */
const struct mkr_package *mkr_packages_at(struct mkr_packages *p, size_t i);

/* Who ships the file that the path names, with links resolved in the folders on the way or not:
 * /bin/ls and /usr/bin/ls are one. NULL: nobody, or it is a folder. Lives as long as the packages.
 */
const struct mkr_package *mkr_packages_owner(struct mkr_packages *p, const char *path);

/* The package that has the name; NULL: there is none. */
const struct mkr_package *mkr_packages_named(struct mkr_packages *p, const char *name);

/* The 32 digits of the MD5 that dpkg has for the package's file, NULL: it has none, as for
 * configuration files; until that of another package is asked for. Path as for
 * mkr_packages_owner(). */
const char *mkr_packages_sum(
	struct mkr_packages *p, const struct mkr_package *package, const char *path);

/* The next thing found to be wrong with the database, a line that names the file; NULL: no more. */
const char *mkr_packages_warning(struct mkr_packages *p);

#ifdef __cplusplus
}
#endif

#endif
