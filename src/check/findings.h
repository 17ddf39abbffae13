/* Findings as they gather, and what a check of a root shares. */
#ifndef CHECK_FINDINGS_H
#define CHECK_FINDINGS_H

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"

#include <mkroot/check.h>
#include <mkroot/survey.h>

enum finding_kind {
	BAD_MODES,
	BORROWED_LIBRARY,
	BROKEN_FILE,
	DANGLING_LINK,
	ISA_LEVEL,
	LEFT_OUT,
	LINK_ABOVE_ROOT,
	LIST_ABSENT,
	LIST_OF_BUILD,
	LIST_RELATIVE,
	LOADER_WARNING,
	MISSING_COMMAND,
	MISSING_INTERPRETER,
	MISSING_LIBRARY,
	MISSING_VERSION,
	MIXED_MACHINES,
	NOT_IN_CACHE,
	NOT_IN_PLAN,
	ORIGIN_OF_SECURE,
	REFUSED_LIBRARY,
	UNMET_PLUGIN,
	UNMET_SCRIPT,
	UNREAD,
};

/* A finding that was made; another program may make it again. */
struct known {
	struct mkr_finding finding;
	const char *key;
	UT_hash_handle hh;
};

/* A file or a name that is in the root, or is loaded by a program. */
struct member {
	const void *file; /* the facts of a file, which are one per inode */
	UT_hash_handle hh;
};
struct provided {
	const char *name;
	const char *path;
	UT_hash_handle hh;
};

/* Files for x86-64-v2, v3 and v4. */
enum { LEVELS = 3 };
struct level_count {
	size_t n;
	const char *first;
};

struct check {
	const struct mkr_root *root;
	struct mkr_loader *loader;
	bool strict;
	struct arena *arena;
	struct known *known;
	struct member *loaded; /* files that some program maps */
	struct member *linted; /* files whose lists were looked at */
	struct provided *provided; /* file names and sonames of libraries in the root */
	struct level_count level[LEVELS];
	size_t n_programs, n_libraries, n_scripts, n_links, n_unread;
};

/* Adds a finding, or counts `program` (may be NULL) to the one there is of this kind, path and
 * name. */
void finding_add(struct check *c, enum finding_kind kind, const char *path, const char *name,
	const char *program, const char *text);

/* Sorts them, and gives them and the arena away. */
struct mkr_findings *findings_settle(struct check *c);

/* True the first time for this file. */
bool member_add(struct check *c, struct member **set, const void *file);

/* The parts of a check of a root. */
void check_objects(struct check *c, const struct mkr_survey *s);
void check_lists(struct check *c, const struct mkr_found *f, const struct mkr_elf *elf);
void check_script(struct check *c, const struct mkr_found *f);
void check_machines(struct check *c, const struct mkr_survey *s);
void check_level(struct check *c, const struct mkr_found *f, const struct mkr_load *load);
void check_levels(struct check *c);
void check_link(struct check *c, const struct mkr_found *f);

#endif
