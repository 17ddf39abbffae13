/* What a package manager's database is to the packages: rows that it fills. */
#ifndef PACKAGE_DB_H
#define PACKAGE_DB_H

#include "package/package.h"

/* A package while it is read. */
struct record {
	struct package package;
	struct str files; /* a path a line, with a leading slash; more lines may be anything else */
	const char *list; /* the file that has `files`, NULL: they are here */
};

struct db {
	const struct mkr_root *root;
	struct arena *arena;
	const char *warning;
	/* Takes a package on; its strings live in the arena. */
	void (*add)(void *ctx, const struct record *r);
	void *ctx;
};

/* Each reads its database when it is there: true. What it makes of a broken one is up to then. */
bool db_dpkg(struct db *db);
bool db_apk(struct db *db);
bool db_pacman(struct db *db);

/* A whole file of at most `max` bytes; n is 0 and p not NULL when there is none, or when it is no
 * regular file. */
struct str db_read(const struct db *db, const char *path, size_t max);

/* The next line and the value of its field, "Name: value" or "N:value". */
struct str db_line(struct str *rest);
bool db_field(struct str line, const char *name, struct str *value);

/* "a (>= 1) | b:any, c" to "a b c". */
const char *db_names(struct arena *a, struct str list);

#endif
