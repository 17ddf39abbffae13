/* Who ships what is in the root, written into it as scanners read it (the set "packages"):
 * distroless' status.d, Azure Linux' rpmmanifest, apk's installed, pacman's local. */
#ifndef PLAN_RECORDS_H
#define PLAN_RECORDS_H

#include "base/map.h"
#include "base/set.h"
#include "plan/maker.h"

#include <mkroot/packages.h>

typedef VEC(const char *) text_vec;

/* A package of which the root holds something. */
struct owned {
	const struct mkr_package *package;
	const struct mkr_origin *origin; /* of its files; NULL: all are base ... */
	const struct mkr_origin *base; /* of those that are base; NULL: none is */
	int64_t newest, newest_base; /* of its files, and of the base ones among them: seconds */
	bool has_file; /* no mere links */
	bool has_own; /* more than what every root has */
	size_t first, last; /* entries, by records.next */
	UT_hash_handle hh;
};

/* Things of which one is named in a line, and the others are counted. */
struct several {
	const char *first;
	size_t n;
};

struct records {
	struct maker *maker;
	const struct mkr_closure *closure;
	struct mkr_packages *packages;
	struct owned *by_package;
	struct owned **all; /* by name and architecture */
	size_t n;
	struct owned **of; /* of each entry, NULL: nobody's */
	size_t *next; /* of each entry: the next one of its package; the entries' number: none */
	int64_t newest; /* of all */
	struct set *made; /* the records' paths: a hostile database has two of one name */
	struct several kept; /* records that are there already */
	struct several blocked; /* those that have no place */
	struct several unnamed; /* packages that no file can be called after */
	text_vec *warnings;
};

/* Makes the records; `newest` is how old the folders are. */
int records_add(struct maker *m, const struct mkr_closure *c, int64_t newest, text_vec *warnings,
	struct mkr_error *err);

/* One file of them, unless it is there or shall be left out. `origin` is whose layer it goes to.
 * The folder is one of the new root; it is made. */
void record_file(struct records *r, const char *folder, const char *name, struct str text,
	const struct mkr_origin *origin, int64_t mtime);

void record_warn(struct records *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Counts one more; the text stays the caller's. */
void record_count(struct several *s, const char *text);

/* Can the name be one part of a path, and nothing else? */
bool record_is_name(const char *name);

/* One for each kind of database. */
int record_dpkg(struct records *r, struct mkr_error *err);
void record_rpm(struct records *r);
void record_apk(struct records *r);
void record_pacman(struct records *r);

/* Parts of them. dpkg's paragraph without what is the host's, ending with a newline. */
struct str record_paragraph(struct arena *a, struct str text);

#endif
