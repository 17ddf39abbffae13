/* The closure's own parts: items by path, and what brings them. */
#ifndef CLOSURE_INTERNAL_H
#define CLOSURE_INTERNAL_H

#include "base/arena.h"
#include "base/map.h"
#include "base/set.h"
#include "base/vec.h"

#include "rules/rules.h"

#include <mkroot/closure.h>
#include <mkroot/packages.h>

#include <stdint.h>

struct node {
	struct mkr_item item;
	bool strong; /* its reason is more than "on the way" */
	UT_hash_handle hh;
};

struct visited {
	const char *path;
	bool script_open; /* a script whose interpreter is being followed */
	bool for_script; /* a program that nothing but scripts asked for */
	UT_hash_handle hh;
};

/* Where a path leads. */
struct lead {
	const char *path, *real; /* real: without links, with a leading slash */
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
	struct rules *rules;
	const char *set; /* whose ask is being answered; NULL: nobody's */
	const char *script; /* whose interpreter is being followed; NULL: none's */
	bool lenient; /* what is missing now is left out, with a warning */
	struct set *shown; /* objects that the rules were shown */
	const char *hwcaps;
	struct node *nodes;
	struct visited *visited; /* ELF files and scripts that were followed already */
	struct lead *leads; /* paths that were walked once */
	struct set *added; /* paths of loads */
	struct set *missed; /* names, each for one asker */
	struct set *asked; /* objects of processes whose notes were read */
	VEC(struct mkr_missing) missing;
	VEC(const struct mkr_map *) maps;
	struct mkr_packages *packages; /* NULL: nobody asked yet */
	struct texts warnings, notes;
	const struct mkr_item **sorted;
	void (*look)(void *ctx, size_t found);
	void *look_ctx;
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

/* root_real_path(), which walks a path once. */
const char *closure_real_path(struct mkr_closure *c, const char *path);

bool closure_is_dir(const struct mkr_closure *c, const char *path);

/* Does one of the globs (as mkr_closure_opts.exclude) hold for the path or a folder above it? */
bool closure_globs_match(const struct mkr_closure *c, const char *const *globs, const char *path);

/* The folders above *dest, which is no path of the old root's: the source's own where it has them,
 * plain ones where not. *dest becomes the path with links followed. */
int closure_add_parents(
	struct mkr_closure *c, const char **dest, const char *because, struct mkr_error *err);

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

/* Shows the rules all that the process is made of, or a script; `asked` is the path it was reached
 * by. */
int closure_show_process(struct mkr_closure *c, const struct mkr_map *map, struct mkr_error *err);
int closure_show_script(
	struct mkr_closure *c, const char *asked, const char *interp, struct mkr_error *err);

/* Gives the rules what they asked for, until they ask no more. */
int closure_answer_all(struct mkr_closure *c, struct mkr_error *err);

/* A symbolic link, or whatever the path names when that is none: itself, and the way there. */
int closure_take_link(struct mkr_closure *c, const char *path, const struct reason *reason,
	struct mkr_error *err);

/* What a path names, with the links on the way and what it needs; nothing that is missing counts.
 */
int closure_take(struct mkr_closure *c, const char *path, const struct reason *reason,
	struct mkr_error *err);

/* Is what is at `real` (no links in it, a leading slash) nothing that a rule may bring? */
bool closure_withholds(const char *real);

/* A folder with all below it, or a file, in its own place. Links inside are followed. */
int closure_take_tree(struct mkr_closure *c, const char *path, const struct reason *reason,
	const struct ask *ask, struct mkr_error *err);

/* Is the file (its real path) one that the ask wants weighed, and too heavy? Warns if so. What
 * `folder` holds does not count. */
bool closure_is_heavy(
	struct mkr_closure *c, const char *real, const char *folder, const struct ask *ask);

/* Opens a library as load `by` of the process would. *found: it was there. */
int closure_open_library(struct mkr_closure *c, const struct mkr_map *map, size_t by,
	const char *name, const struct reason *reason, bool *found, struct mkr_error *err);

/* Lists what no start of the process survives though all files are there. */
int closure_check(struct mkr_closure *c, const struct mkr_map *map, struct mkr_error *err);

void closure_add_missing(struct mkr_closure *c, struct mkr_missing m);

void closure_warn(struct mkr_closure *c, const char *text);
void closure_note(struct mkr_closure *c, const char *text);

#endif
