/* What the dynamic loader would map for a program, found without running anything.
 *
 * glibc's and musl's rules as they are (glibc elf/dl-load.c, dl-deps.c, dl-cache.c; musl
 * ldso/dynlink.c): breadth first, the first asker decides, RPATH and RUNPATH, the environment's
 * list, ld.so.cache, default folders, glibc-hwcaps. Which libc's rules hold is told by PT_INTERP.
 */
#ifndef MKROOT_LOADER_H
#define MKROOT_LOADER_H

#include <mkroot/elf.h>
#include <mkroot/error.h>
#include <mkroot/root.h>

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How a load was found. */
enum mkr_how {
	MKR_MISSING, /* not at all */
	MKR_AS_PROGRAM, /* it is what the map was asked for */
	MKR_AS_INTERP, /* the loader itself, in the map from the start */
	MKR_AS_PATH, /* its name holds a slash */
	MKR_IN_RPATH, /* DT_RPATH of the asker, or of one of those that loaded it */
	MKR_IN_ENV, /* LD_LIBRARY_PATH or -L */
	MKR_IN_RUNPATH, /* DT_RUNPATH of the asker */
	MKR_IN_CACHE, /* ld.so.cache */
	MKR_IN_CONF, /* ld.so.conf, where there is no cache: as if ldconfig had run */
	MKR_IN_DEFAULT, /* the loader's built-in folders, or musl's path file */
	MKR_PRELOADED, /* LD_PRELOAD, /etc/ld.so.preload */
};
const char *mkr_how_name(enum mkr_how how);

/* An object of the link map, or a request that failed. */
struct mkr_load {
	const char *name; /* as it was asked for; tokens expanded when it holds a slash */
	const char *path; /* as the loader found it, links not resolved; NULL: missing or refused */
	const char
		*refused; /* why the loader would refuse the whole start here, NULL: it would not */
	const char *where; /* the file that is refused; NULL when nothing is */
	const struct mkr_elf *elf; /* NULL when path is NULL */
	size_t by; /* index of the load that asked first; its own for load[0] */
	enum mkr_how how;
	const char *list; /* for RPATH, RUNPATH and ENV hits: the folder as the list named it, or
			     NULL */
	const size_t *needs; /* indexes of what it asked for, in order; may hold one twice */
	size_t n_needs;
	bool before_program; /* a filtee of the program: in front of it in the link map, so that
			      * nothing that lists the map from the program on shows it */
	bool optional; /* DT_AUXILIARY: a start does without it */
	bool opened; /* came with a mkr_loader_dlopen(), not at the start */
};

/* A name that was asked for, and what it led to: a file may be reached by more than one. */
struct mkr_alias {
	const char *path; /* where it was found, links not resolved */
	size_t load; /* the load whose file it is */
};

/* A library that was opened once the process ran. */
struct mkr_opening {
	const char *name;
	const char *by; /* path of the load that opened it; NULL: the loader itself */
	bool alone; /* in a namespace of its own, as an auditing library is */
	const struct mkr_opening *before; /* what had been opened before it */
};

/* The link map of one process, in load order: load[0] is the program. */
struct mkr_map {
	const char *program;
	const char *interp; /* PT_INTERP, NULL: none */
	bool interp_missing; /* there is no such file */
	bool is_static; /* no dynamic section that asks for anything, and no interpreter */
	bool lists_nothing; /* it has a loader but no DT_NEEDED: "statically linked" is what ld.so
			     * says, whatever is preloaded or auxiliary */
	const char *libc; /* whose rules were followed: "glibc", "musl" */
	/* The loader's cache is not there (this is its path), and some loads were found as if
	 * ldconfig had made it; else NULL. */
	const char *no_cache;
	const char
		*search_file; /* musl's path file, without which the search goes elsewhere; NULL */
	const struct mkr_load *load;
	size_t n, n_missing, n_refused; /* n_missing: without the optional ones */
	const struct mkr_alias *alias; /* further paths of the same files; must exist for a start */
	size_t n_alias;
	const char *const *warnings; /* ends with NULL */
	const char *hwcaps; /* the level it was mapped for; NULL: the search's own */
	const struct mkr_opening *opening; /* the last mkr_loader_dlopen(), NULL: a start */
	size_t opened; /* the load it led to, SIZE_MAX: to the vDSO */
};

/* What does not come from the root's own files. Strings are borrowed for the call. */
struct mkr_search {
	const char *library_path; /* as LD_LIBRARY_PATH; NULL or "": none */
	const char *preload; /* as LD_PRELOAD; NULL or "": none */
	bool root_preload; /* honour the root's /etc/ld.so.preload */
	bool set_id; /* by the rules that ld.so has for set-user-ID programs, where the mode bits
		      * say so: ldd does not, a process would */
	const char *hwcaps; /* NULL: the CPU's own on the host, else none; "none", or a level */
	const char
		*cwd; /* what relative path elements are relative to, inside the root; NULL "/" */
};

struct mkr_loader;

/* The root is borrowed and must outlive the loader. One loader serves any number of programs; what
 * it has looked up once it does not look up again. */
int mkr_loader_new(struct mkr_loader **out, const struct mkr_root *root,
	const struct mkr_search *search, struct mkr_error *err);
void mkr_loader_free(struct mkr_loader *ld);

/* What would be mapped for `program`, a path inside the root. *out is the loader's and lives as
 * long. A library that is not found is no error: its load has no path and counts in n_missing.
 * -ENOENT (no such program), -EISDIR, -EINVAL (not a regular file), -EACCES, -ENOEXEC (not ELF),
 * -EBADMSG (broken ELF), -EFBIG (more than MKR_LOADS_MAX objects). */
int mkr_loader_map(struct mkr_loader *ld, const char *program, const struct mkr_map **out,
	struct mkr_error *err);

/* As mkr_loader_map() on a machine of one glibc-hwcaps level, "none" for the baseline: each level
 * finds other files, which may need other ones. */
int mkr_loader_map_level(struct mkr_loader *ld, const char *program, const char *level,
	const struct mkr_map **out, struct mkr_error *err);

/* The glibc-hwcaps levels of the program's machine that `which` stands for ("all", "host", or a
 * level and those below it), best first; ends with NULL. The loader's. */
const char *const *mkr_loader_levels(
	struct mkr_loader *ld, const struct mkr_map *map, const char *which);

/* Is it the name of a glibc-hwcaps level of any machine? */
bool mkr_hwcaps_known(const char *level);

/* What the process of `map` would hold after load `by` (SIZE_MAX: the loader itself) did a
 * dlopen("name"): loads that came with it are `opened`, map->opened is what the name led to; a load
 * without a path when it was not found. `alone`: in a namespace of its own. -ELOOP: after too many
 * others. */
int mkr_loader_dlopen(struct mkr_loader *ld, const struct mkr_map *map, size_t by, const char *name,
	bool alone, const struct mkr_map **out, struct mkr_error *err);

/* For a load without a path: where its asker's search went, in words ("RUNPATH /opt/lib;
 * ld.so.cache (412 entries); /lib, /usr/lib"), and where a file of that name, for that machine,
 * does exist, or NULL. Both are the loader's. */
void mkr_loader_explain(struct mkr_loader *ld, const struct mkr_map *map, size_t load,
	const char **looked_in, const char **exists);

/* For a load without a path: a file of its name that the search did meet and pass over, in words
 * ("/usr/lib/libc.so.6 is for x86-64, but /usr/bin/app is for aarch64"); NULL: there was none. The
 * loader's. */
const char *mkr_loader_passed_over(struct mkr_loader *ld, const struct mkr_map *map, size_t load);

/* A need that its asker's own search does not lead to: it is met only because somebody else has
 * loaded that object before. Such a library works in this program and fails in the next one. */
struct mkr_borrowed {
	size_t by, load; /* who asks, and what for: indexes of map->load */
};

/* All of a map, in the order of `by`. Returns how many; *out is the loader's. */
size_t mkr_loader_borrowed(
	struct mkr_loader *ld, const struct mkr_map *map, const struct mkr_borrowed **out);

/* Further facts of a load that has a path (elf.h), `parts` as for mkr_elf_detail(). Read once a
 * file; never NULL: what cannot be read is in its bad_*. The loader's. */
const struct mkr_elf_detail *mkr_loader_detail(
	struct mkr_loader *ld, const struct mkr_load *load, unsigned parts);

enum mkr_version_state {
	MKR_VERSION_FOUND,
	MKR_VERSION_UNKNOWN, /* the library defines no versions at all: the loader only warns */
	MKR_VERSION_WEAK, /* not there, and a start does without it */
	MKR_VERSION_MISSING, /* not there: no start */
	MKR_VERSION_NO_FILE, /* nothing of that name is in the map, or it is missing itself */
};

/* One needed version of one load, and whether the load that has the name defines it. */
struct mkr_version_check {
	size_t by; /* the load that needs it */
	const struct mkr_version_need *need;
	size_t of; /* the load it is looked up in; SIZE_MAX: none has that name */
	enum mkr_version_state state;
};

/* Something about a load that ends the start, or would: in words. */
struct mkr_complaint {
	size_t load;
	const char *text; /* "version `GLIBC_2.38' not found", as glibc words it */
	size_t by; /* who requires it; SIZE_MAX: nobody in particular */
	bool fatal;
};

/* What glibc checks once everything is mapped (elf/dl-version.c _dl_check_map_versions(),
 * sysdeps/x86/dl-prop.h): versions, in the order of the link map, and x86 ISA levels. */
struct mkr_checks {
	const struct mkr_version_check *version;
	size_t n_versions;
	const struct mkr_complaint *complaint;
	size_t n_complaints, n_fatal;
};

/* The checks of a map; musl makes none. ISA levels are compared with the level that the search is
 * for: the CPU's own on the host, a level by name, none at all with "none". *out is the loader's.
 */
int mkr_loader_check(struct mkr_loader *ld, const struct mkr_map *map,
	const struct mkr_checks **out, struct mkr_error *err);

/* A root that is being made out of files of the loader's own. */
struct mkr_new_root {
	/* What `path` will lead to there, links followed: a path of its own; NULL: to no file. */
	const char *(*resolve)(void *ctx, const char *path);
	void *ctx;
	const struct mkr_root *target; /* a folder that it is added to, or NULL */
};

/* A loader's table of libraries, for that root. */
struct mkr_new_cache {
	const char *path; /* where the loader looks for it: "/etc/ld.so.cache" */
	const void *data;
	size_t size;
	bool needed; /* some library is found by it, and not in the loader's built-in folders */
};

/* The ld.so.cache files for a new root: the libraries that LD_LIBRARY_PATH or -L led to, then what
 * the old one's, or what ldconfig would have made where it has none, say of the files that are
 * there; behind these the entries of the target's own. One for each place where a loader looks that
 * a map was made for. *ret_n of them; the loader's. */
const struct mkr_new_cache *mkr_loader_new_caches(
	struct mkr_loader *ld, const struct mkr_new_root *to, size_t *ret_n);

enum { MKR_LOADS_MAX = 65536 };

#ifdef __cplusplus
}
#endif

#endif
