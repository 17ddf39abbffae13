/* Everything that the things somebody asked for need, to the fixed point.
 *
 * A want goes in (a program, a file to include), files come out: the program, its interpreter,
 * every library that the loader would map, and each directory and symbolic link crossed on the way,
 * all with the reason. What is missing is a result, not an error. */
#ifndef MKROOT_CLOSURE_H
#define MKROOT_CLOSURE_H

#include <mkroot/error.h>
#include <mkroot/loader.h>
#include <mkroot/packages.h>
#include <mkroot/root.h>
#include <mkroot/rules.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Why something is in the root. */
enum mkr_why {
	MKR_WHY_PROGRAM, /* asked for by name */
	MKR_WHY_INCLUDE, /* asked for with -i */
	MKR_WHY_INTERP, /* PT_INTERP, or the program of a "#!" line */
	MKR_WHY_NEEDED, /* the loader maps it */
	MKR_WHY_DLOPEN, /* a running program opens it: .note.dlopen, or libgcc_s for threads that
			   end */
	MKR_WHY_AUDIT, /* DT_AUDIT, DT_DEPAUDIT */
	MKR_WHY_RULE, /* a rule set: what programs need without naming it */
	MKR_WHY_TRACE, /* a traced run touched it */
	MKR_WHY_LINK, /* a symbolic link crossed on the way */
	MKR_WHY_PARENT, /* a directory crossed on the way */
	MKR_WHY_MADE, /* not copied: mkroot's own */
	MKR_WHY_GONE, /* mkr_plan_changes(): the name of a file that is no more */
};

struct mkr_want {
	enum mkr_why why; /* PROGRAM, INCLUDE, TRACE or MADE */
	const char *path; /* inside the root */
	const char *dest; /* INCLUDE: where it goes; NULL: its own path */
	const char *because; /* TRACE: in words. It is taken with the links on the way, a folder
			      * alone, an ELF file or a script with what it needs as far as that
			      * is there; when it is gone, it is left out without a word */
	bool link; /* TRACE: a symbolic link at the end is taken, and not what it leads to */
	const void *data; /* MADE: a file of `size` bytes, which must outlive the closure, with the
			   * owner and mode of the old root's; nothing that is there gives way */
	size_t size;
};

/* How much a closure may do beyond the bare files. */
struct mkr_closure_opts {
	const char *const *exclude; /* globs (fnmatch(3), "*" does not cross "/" unless alone) of
				     * paths to leave out; ends with NULL; may be NULL */
	uint64_t output_dev, output_ino; /* a file or folder that no include takes: what is being
					  * written; ino 0: none */
	const char *const *with; /* run-time data: "auto", "none", names of rule sets, or such with
				  * commas between; ends with NULL. NULL: what objects open
				  * themselves ("dlopen") alone */
	const struct mkr_user *users; /* that passwd and group shall know */
	size_t n_users;
	const char *hwcaps; /* glibc-hwcaps variants beside the baseline, which the loader's search
			     * has to be for ("none"): NULL or "all", "none", "host", or a level and
			     * those below it */
	/* Told each time that one more name is found, of how many there are: it has to be cheap.
	 * May be NULL. */
	void (*look)(void *ctx, size_t found);
	void *look_ctx;
};

/* One thing that the new root will hold. Strings are the closure's. */
struct mkr_item {
	const char *path; /* in the new root; as mkr_step.path */
	const char *source; /* in the old one */
	const char *target; /* of a symbolic link */
	const char *because; /* one line: "needed by /bin/bash", "link on the way to ..." */
	const char *set; /* the rule set on whose account it came, NULL: none */
	const void *data; /* of a regular file that is made, not copied: st.st_size bytes */
	enum mkr_why why;
	struct stat st;
};

/* A request that found nothing, or a file that no start survives. */
struct mkr_missing {
	const char *name; /* soname, interpreter or path */
	const char *program; /* the want it was for */
	const struct mkr_map *map; /* the link map it is missing from, or NULL */
	size_t load; /* its index in map->load */
	const struct mkr_complaint *complaint; /* it is there, but ...; NULL: it is not there */
};

/* Who ships a file. */
struct mkr_origin {
	const char *name; /* bytes out of a database */
	bool base; /* the part of a C library that every program has: its loader, its libc.so; with
		    * the set "packages" what tells the system's name as well */
	size_t users; /* how many packages of those asked for depend on it, directly or not */
};

struct mkr_closure;

/* Everything is taken from `root`, by `loader`, which both must outlive the closure, as must what
 * `opts` points to. -EINVAL: opts->with names no rule set. */
int mkr_closure_new(struct mkr_closure **out, const struct mkr_root *root,
	struct mkr_loader *loader, const struct mkr_closure_opts *opts, struct mkr_error *err);
void mkr_closure_free(struct mkr_closure *c);

/* The root everything is taken from, and the loader that looked it up. */
const struct mkr_root *mkr_closure_root(const struct mkr_closure *c);
struct mkr_loader *mkr_closure_loader(const struct mkr_closure *c);

/* Adds a want and all that follows from it. Fails with -ENOENT (no such file), -ENOEXEC (neither
 * ELF nor a script), -EISDIR and -EINVAL (not a regular file), -EACCES. */
int mkr_closure_add(struct mkr_closure *c, const struct mkr_want *want, struct mkr_error *err);

/* After the last want: what the rule sets make of all that was found, and what follows from that.
 */
int mkr_closure_settle(struct mkr_closure *c, struct mkr_error *err);

/* What was found, sorted by path, and what was not; both borrowed until the next mkr_closure_add().
 */
const struct mkr_item *const *mkr_closure_items(const struct mkr_closure *c, size_t *n);
const struct mkr_missing *mkr_closure_missing(const struct mkr_closure *c, size_t *n);

/* The link maps of all programs and libraries that were followed; borrowed as the items. */
const struct mkr_map *const *mkr_closure_maps(const struct mkr_closure *c, size_t *n);

/* The root's packages, read when they are first asked for. They are the closure's, until it is told
 * to forget them: all lists of files together are bigger than anything else it has. */
struct mkr_packages *mkr_closure_packages(const struct mkr_closure *c);
void mkr_closure_forget_packages(const struct mkr_closure *c);

/* Is the rule set of that name on? */
bool mkr_closure_has_set(const struct mkr_closure *c, const char *set);

/* Who ships the file of the root at each of `n` paths (without links): out[i], the closure's; NULL:
 * nobody. Users are counted among the owners of these paths. */
void mkr_closure_owners(const struct mkr_closure *c, const char *const *paths, size_t n,
	const struct mkr_origin **out);

/* Was this path, without a leading slash, to be left out? */
bool mkr_closure_excludes(const struct mkr_closure *c, const char *path);

/* Warnings in words, in the order they arose; ends with NULL. */
const char *const *mkr_closure_warnings(const struct mkr_closure *c);

/* What might be wanted and was left out, in words: libraries that programs open when they are
 * there. */
const char *const *mkr_closure_notes(const struct mkr_closure *c);

#ifdef __cplusplus
}
#endif

#endif
