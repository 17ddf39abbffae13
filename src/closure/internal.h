/* The closure's own parts: items by path, and what brings them. */
#ifndef CLOSURE_INTERNAL_H
#define CLOSURE_INTERNAL_H

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"

#include <mkroot/closure.h>

struct node {
	struct mkr_item item;
	bool strong; /* its reason is more than "on the way" */
	UT_hash_handle hh;
};

struct visited {
	const char *path;
	bool script_open; /* a script whose interpreter is being followed */
	UT_hash_handle hh;
};

struct mkr_closure {
	const struct mkr_root *root;
	struct mkr_loader *loader;
	struct arena *arena;
	const char *const *exclude;
	struct node *nodes;
	struct visited *visited; /* ELF files and scripts that were followed already */
	VEC(struct mkr_missing) missing;
	VEC(const char *) warnings;
	const struct mkr_item **sorted;
	const char **warning_list;
};

/* Why a path is added. */
struct reason {
	enum mkr_why why;
	const char *because;
};

/* Adds what `path` names and everything crossed on the way to it. *real: its path without links (in
 * the arena); may be NULL. -ENOENT ... when it cannot be resolved: what is crossed until then stays
 * out. */
int closure_add_path(struct mkr_closure *c, const char *path, const struct reason *reason,
	const char **real, struct mkr_error *err);

/* Adds one thing at `dest`, which is not its own path; its parents are made, not copied. */
void closure_add_item(struct mkr_closure *c, const struct mkr_item *item, bool strong);

/* Adds what an ELF file or a script needs. Neither is no error unless `must`. */
int closure_follow(
	struct mkr_closure *c, const char *path, bool must, unsigned depth, struct mkr_error *err);

/* -i */
int closure_include(struct mkr_closure *c, const struct mkr_want *want, struct mkr_error *err);

bool closure_is_excluded(const struct mkr_closure *c, const char *path);
void closure_warn(struct mkr_closure *c, const char *text);

#endif
