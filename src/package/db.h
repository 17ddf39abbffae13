/* What a package manager's database is to the packages: rows that it fills. */
#ifndef PACKAGE_DB_H
#define PACKAGE_DB_H

#include "base/vec.h"
#include "package/diversions.h"
#include "package/package.h"

#include <dirent.h>

/* A package while it is read. */
struct record {
	struct package package;
	struct str files; /* a path a line, with a leading slash; more lines may be anything else */
	const char *list; /* the file that has `files`, NULL: they are here */
	const char
		*sums; /* the file of md5sums(1)'s lines; NULL: beside `list`, or there is none */
};

struct db {
	const struct mkr_root *root;
	struct arena *arena;
	VEC(const char *) warnings; /* a line each */
	VEC(struct diversion) diversions;
	const char *file; /* that says which packages there are */
	/* Takes a package on; its strings live in the arena. */
	void (*add)(void *ctx, const struct record *r);
	void *ctx;
};

/* Each reads its database when it is there; of a broken one what makes sense, with a warning. */
void db_dpkg(struct db *db);
void db_rpm(struct db *db);
void db_apk(struct db *db);
void db_pacman(struct db *db);

/* Takes the package on that one of rpm's headers tells of; false: it is none. */
bool db_rpm_header(struct db *db, struct str blob);

/* Says what is wrong with the database's file, and what that means; the first few times. */
void db_warn(struct db *db, const char *file, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* A whole file of at most `max` bytes; n is 0 and p not NULL when there is none, and when it cannot
 * be read, of which is warned. */
struct str db_read(struct db *db, const char *path, size_t max);

/* The same into an arena of its own. */
struct str db_read_to(struct db *db, struct arena *a, const char *path, size_t max);

/* Opens a folder; NULL: there is none, or it cannot be read, of which is warned. */
DIR *db_folder(struct db *db, const char *folder);

/* The names in a folder, sorted, without those that begin with a dot; ends with NULL. */
const char *const *db_list(struct db *db, const char *folder);

/* The value of the line's field, "Name: value" or "N:value". Inline: a status has 50000 lines. */
static inline bool db_field(struct str line, const char *name, struct str *value)
{
	if (line.n == 0 || line.p[0] != name[0] || !str_starts(line, str_from(name)))
		return false;
	*value = str_trim(str_skip(line, strlen(name)));
	return true;
}

/* "a (>= 1) | b:any, c" to "a b c". */
const char *db_names(struct arena *a, struct str list);

#endif
