/* The one seam between libcs: a libc is a row here and a file of its own. */
#ifndef LOADER_FLAVOUR_H
#define LOADER_FLAVOUR_H

#include "loader/ldcache.h"
#include "loader/registry.h"

#include <mkroot/loader.h>

#include <stdbool.h>

/* One folder of a search list. */
struct dir {
	const char *path; /* absolute, ends with a slash */
	const char *shown; /* as its list named it, tokens expanded */
	bool relative; /* the list had "" or a relative path there: the answer depends on the cwd */
};

struct dirs {
	const struct dir *at;
	size_t n;
};

/* One object of a process that is being mapped. */
struct object {
	struct mkr_load load;
	const struct file *file; /* NULL: missing or refused */
	const char *origin; /* folder that $ORIGIN stands for; NULL: not asked for yet */
	struct dirs rpath, runpath; /* parsed when first searched */
	bool rpath_parsed, runpath_parsed;
	bool listed; /* in the order */
	bool done; /* its requests were answered */
	bool filtee; /* DT_AUXILIARY or DT_FILTER has put it where it is */
	bool is_vdso; /* the kernel's: loaded, in no file, shown by nobody */
	size_t *needs;
};

/* What a search gave. */
struct hit {
	const struct place *place; /* NULL: nothing */
	enum mkr_how how;
	const struct dir *dir; /* of a list, or NULL */
	const char *refused; /* the loader would stop here, and why */
	const struct place *passed; /* the first file that was passed over: another machine's */
};

#define NO_OBJECT SIZE_MAX /* an index that is none */

struct process;
struct flavour;

/* Names that no search is made for. */
enum builtin {
	BUILTIN_NOT,
	BUILTIN_LOADER, /* the loader itself */
	BUILTIN_VDSO, /* the kernel's, in no file */
};

/* One loader binary of the root, with what was read out of it. */
struct libc {
	const struct flavour *flavour;
	const char *interp; /* its path */
	const char *hwcaps; /* as in struct mkr_map: which of several for one path */
	const struct place *place; /* the loader itself */
	const char *no_cache; /* as in struct mkr_map */
	const char *search_file; /* where its search path was read from, or NULL */
	bool lists_itself; /* in every map, whether or not somebody asks for it */
	struct libc *next;
};

/* A library that only LD_LIBRARY_PATH or -L led to. */
struct env_hit {
	const char *name, *path;
	struct env_hit *next;
};

/* The table of libraries that a libc keeps in a file. */
struct system_cache {
	const char *path; /* that file */
	struct ldcache cache; /* without entries when there is none */
	struct ldcache_abi abi;
	struct dirs defaults; /* where its loader looks without it */
	struct env_hit *env_hits; /* the latest first; where the variable is not set again, only
				   * this table can lead to them */
};

struct flavour {
	const char *name;
	/* Is PT_INTERP one of this libc's? The last flavour claims all that are left. */
	bool (*claims)(const char *interp);
	/* `twin`: the same loader on another CPU, which was opened before; or NULL.
	 * Reads what it has to know; in the registry's arena. Cannot fail: what is missing is
	 * guessed from the machine. */
	struct libc *(*open)(struct registry *g, const struct mkr_search *search,
		const char *interp, const struct mkr_elf *program, const struct libc *twin);
	/* The name as it is searched for: tokens expanded. NULL: it falls away; *why says so. */
	const char *(*expand)(struct process *p, size_t by, const char *name, const char **why);
	/* Finds a name without a slash that is not loaded yet; `by` may be NO_OBJECT. */
	void (*search)(struct process *p, size_t by, struct name *name, struct hit *hit);
	/* Is the file at `place` an answer? 1 yes, 0 search on, -1 the loader stops: *why. */
	int (*verify)(const struct process *p, const struct place *place, const char **why);
	/* Names that are in every process without a search. */
	enum builtin (*builtin)(const char *name);
	/* Where a search for a plain name by this load goes, in words. */
	const char *(*describe)(struct registry *g, const struct libc *libc,
		const struct mkr_search *search, const struct mkr_map *map,
		const struct mkr_load *by);
	/* Its libraries' table; the row may be NULL. */
	const struct system_cache *(*system_cache)(const struct libc *libc);
	bool match_soname; /* is a loaded object found by its DT_SONAME too? */
	bool has_filters; /* are DT_AUXILIARY and DT_FILTER looked at? */
	bool program_preloads; /* are preloads searched for as if the program had asked for them? */
};

extern const struct flavour flavour_glibc, flavour_musl;

/* A process that is being mapped (map.c). */
struct process {
	struct registry *reg;
	const struct mkr_search *search;
	struct libc *libc;
	const struct mkr_elf *program; /* whose machine everything has to be of */
	unsigned number;
	struct object *at; /* objects in the order they were made */
	size_t n, cap;
	size_t self; /* index of the loader itself */
	bool secure; /* set-user-ID, and the rules for that hold */
	enum {
		SLASH_UNKNOWN,
		SLASH_THERE,
		SLASH_GONE
	} slash; /* glibc's idea of "/" as an element */
	struct dirs env; /* LD_LIBRARY_PATH */
	bool env_parsed;
	const struct mkr_opening *opening; /* what is opened once all is mapped, or NULL */
	size_t opened; /* index of the object that it led to */
	void *scratch; /* struct chain */
};

/* The folder that $ORIGIN is for this object. */
const char *object_origin(struct process *p, size_t object);

/* An absolute form of `path`, relative to the search's cwd. */
const char *process_absolute(struct process *p, const char *path);

#endif
