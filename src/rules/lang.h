/* Interpreters and the trees of files they cannot do without. */
#ifndef RULES_LANG_H
#define RULES_LANG_H

#include "base/set.h"
#include "base/vec.h"
#include "rules/rule.h"
#include "rules/paths.h"

struct module_search;

/* How one language's files are laid out. Patterns are lists of words with blanks between: globs
 * below the prefix, or absolute; in them %v is the version in the object's name ("*": it has none)
 * and %L the folder of its C library. */
struct layout {
	const char *programs; /* names of interpreters, as in struct rule; may be NULL */
	const char *libraries; /* of what is linked into other programs; may be NULL */
	/* The prefix is the nearest folder above the object's own that one of these is below;
	 * without any of them this layout is not this system's. */
	const char *landmarks;
	const char *base; /* what each start needs; may be NULL */
	const char *core; /* its library; may be NULL */
	const char *site; /* what others add to it; may be NULL */
	const char *const *skip;
	/* Finds the modules that a script names, and those that they name. NULL: a script brings
	 * all of `site`. */
	void (*modules)(struct module_search *m, const char *script);
	bool core_by_name; /* for scripts, the core's files come as they are named too */
};

extern const struct layout layouts[]; /* ends with one that has no landmarks */

/* An interpreter that was found. */
struct interp {
	const struct layout *layout;
	const char *path; /* as subject.path */
	const char *prefix, *version, *lib_dir;
};

/* The paths of a layout's list that are there. */
struct names lang_paths(struct rules *r, const struct interp *in, const char *list);

/* What was read so far, for all scripts: it ends before a hostile root does. */
struct texts_read {
	size_t files, bytes;
};

/* The search for what one script needs. */
struct module_search {
	struct rules *rules;
	const struct subject *script;
	const struct interp *interp;
	struct names core, site; /* folders */
	VEC(const char *) own; /* folders that the script itself names, or lies in */
	struct set **seen;
	struct texts_read *texts;
};

void python_modules(struct module_search *m, const char *script);
void perl_modules(struct module_search *m, const char *script);

#endif
