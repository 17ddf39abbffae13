/* The closure's own parts: items by path, and what brings them. */
#ifndef CLOSURE_INTERNAL_H
#define CLOSURE_INTERNAL_H

#include "base/arena.h"
#include "base/map.h"
#include "base/set.h"
#include "base/vec.h"

#include <mkroot/closure.h>

#include <stdint.h>

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

/* Sentences, each once. */
struct texts {
	VEC(const char *) at;
	const char **list; /* the same, ending with NULL */
};

struct mkr_closure {
	const struct mkr_root *root;
	struct mkr_loader *loader;
	struct arena *arena;
	const char *const *exclude;
	uint64_t output_dev, output_ino; /* ino 0: none */
	bool bare;
	const char *hwcaps;
	struct node *nodes;
	struct visited *visited; /* ELF files and scripts that were followed already */
	struct set *added; /* paths of loads */
	struct set *missed; /* names, each for one asker */
	struct set *asked; /* objects of processes whose notes were read */
	VEC(struct mkr_missing) missing;
	VEC(const struct mkr_map *) maps;
	struct texts warnings, notes;
	const struct mkr_item **sorted;
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

/* All that a process is made of: its loads, their checks, what they open. */
int closure_add_process(struct mkr_closure *c, const struct mkr_map *map, struct mkr_error *err);

/* Adds the loads of a process that are there, and lists those that are not. Of a process that
 * opened something: what came with it, the first for `first`. */
int closure_add_map(struct mkr_closure *c, const struct mkr_map *map, const struct reason *first,
	struct mkr_error *err);

/* Adds what the loads of a process bring along without needing it: what auditors, notes and the C
 * library open. */
int closure_opened(struct mkr_closure *c, const struct mkr_map *map, struct mkr_error *err);

/* Lists what no start of the process survives though all files are there. */
int closure_check(struct mkr_closure *c, const struct mkr_map *map, struct mkr_error *err);

void closure_add_missing(struct mkr_closure *c, struct mkr_missing m);

void closure_warn(struct mkr_closure *c, const char *text);
void closure_note(struct mkr_closure *c, const char *text);

#endif
