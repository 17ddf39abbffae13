/* What the dynamic loader would map for a program, found without running anything.
 *
 * glibc's and musl's rules as they are (glibc elf/dl-load.c, dl-deps.c, dl-cache.c; musl
 * ldso/dynlink.c): breadth first, the first asker decides, RPATH and RUNPATH, the environment's list,
 * ld.so.cache, default folders, glibc-hwcaps. Which libc's rules hold is told by PT_INTERP. */
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
	const char *
		list; /* for RPATH, RUNPATH and ENV hits: the folder as the list named it, or NULL */
	const size_t *needs; /* indexes of what it asked for, in order; may hold one twice */
	size_t n_needs;
	bool before_program; /* a filtee of the program: in front of it in the link map, so that
			      * nothing that lists the map from the program on shows it */
	bool optional; /* DT_AUXILIARY: a start does without it */
};

/* A name that was asked for, and what it led to: a file may be reached by more than one. */
struct mkr_alias {
	const char *path; /* where it was found, links not resolved */
	size_t load; /* the load whose file it is */
};

/* The link map of one process, in load order: load[0] is the program. */
struct mkr_map {
	const char *program;
	const char *interp; /* PT_INTERP, NULL: none */
	bool interp_missing; /* there is no such file */
	bool is_static; /* no dynamic section that asks for anything, and no interpreter */
	const char *libc; /* whose rules were followed: "glibc", "musl" */
	const struct mkr_load *load;
	size_t n, n_missing, n_refused; /* n_missing: without the optional ones */
	const struct mkr_alias *alias; /* further paths of the same files; must exist for a start */
	size_t n_alias;
	const char *const *warnings; /* ends with NULL */
};

/* What does not come from the root's own files. Strings are borrowed for the call. */
struct mkr_search {
	const char *library_path; /* as LD_LIBRARY_PATH; NULL or "": none */
	const char *preload; /* as LD_PRELOAD; NULL or "": none */
	bool root_preload; /* honour the root's /etc/ld.so.preload */
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

/* What would be mapped for `program`, a path inside the root. *out is the loader's and lives as long.
 * A library that is not found is no error: its load has no path and counts in n_missing.
 * -ENOENT (no such program), -EISDIR, -EINVAL (not a regular file), -EACCES, -ENOEXEC (not ELF),
 * -EBADMSG (broken ELF), -EFBIG (more than MKR_LOADS_MAX objects). */
int mkr_loader_map(struct mkr_loader *ld, const char *program, const struct mkr_map **out,
	struct mkr_error *err);

/* For a load without a path: where its asker's search went, in words ("RUNPATH /opt/lib; ld.so.cache
 * (412 entries); /lib, /usr/lib"), and where a file of that name, for that machine, does exist, or
 * NULL. Both are the loader's. */
void mkr_loader_explain(struct mkr_loader *ld, const struct mkr_map *map, size_t load,
	const char **looked_in, const char **exists);

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

/* The ld.so.cache files for a new root: what the old one's, or what ldconfig would have made where it
 * has none, say of the files that are there; behind these the entries of the target's own. One for
 * each place where a loader looks that a map was made for. *ret_n of them; the loader's. */
const struct mkr_new_cache *mkr_loader_new_caches(
	struct mkr_loader *ld, const struct mkr_new_root *to, size_t *ret_n);

enum { MKR_LOADS_MAX = 65536 };

#ifdef __cplusplus
}
#endif

#endif
