/* What a loader has looked up once: files by path and by inode, folders, names.
 *
 * All programs of one loader share it, so that the second program that needs libc costs no system
 * call. Everything lives in one arena, as long as the loader. */
#ifndef LOADER_REGISTRY_H
#define LOADER_REGISTRY_H

#include "base/arena.h"
#include "base/map.h"
#include "base/str.h"

#include <mkroot/elf.h>
#include <mkroot/root.h>

#include <stdbool.h>
#include <sys/types.h>

/* A name that something asks for. Interned: one name, one struct. `object` is what the name led to
 * in the process that is being mapped, valid when `process` is that one's number. */
struct name {
	const char *text;
	bool has_slash, has_token;
	unsigned process;
	size_t object;
	bool contested; /* further objects of that process go by it (chain.h) */
	const void *searched_by; /* the libc whose system search `found` is the answer of */
	const struct place *found;
	int found_how;
	UT_hash_handle hh;
};

/* One inode, parsed once. */
struct file {
	struct {
		dev_t dev;
		ino_t ino;
	} id;
	const struct mkr_elf *elf; /* NULL: cannot be read as ELF */
	int code; /* why not: -ENOEXEC, -EISDIR, -EINVAL ... */
	const char *why; /* ... in words */
	mode_t mode;
	uint64_t size;
	struct name **needs; /* names of elf->requests */
	struct name *soname;
	unsigned process; /* as in struct name */
	size_t object;
	const struct mkr_elf_detail *detail; /* what was read of MKR_DETAIL_*: `parts` */
	unsigned parts;
	unsigned copies; /* objects of that process made of it */
	UT_hash_handle hh;
};

/* One path that was opened. */
struct place {
	const char *path;
	int code; /* 0, or what open gave: -ENOENT, -EACCES ... */
	struct file *file; /* when code is 0 */
	UT_hash_handle hh;
};

struct folder {
	const char *path;
	bool exists;
	const void *subdirs_of; /* whose list of subfolders was looked at: */
	const unsigned char *subdirs; /* the indexes of those that exist */
	size_t n_subdirs;
	UT_hash_handle hh;
};

struct registry {
	const struct mkr_root *root;
	struct arena *arena;
	struct name *names;
	struct file *files;
	struct place *places;
	struct folder *folders;
	const struct mkr_load *last_loads; /* of the last map (loads.h) */
	size_t n_last_loads;
	const struct mkr_load *checked; /* whose versions were checked last (versions.h); ... */
	const struct mkr_checks *versions; /* ... and what was found */
};

void registry_init(struct registry *g, const struct mkr_root *root);
void registry_done(struct registry *g);

struct name *registry_name(struct registry *g, struct str text);

/* Opens and parses, the first time. Never NULL: what went wrong is in it. */
struct place *registry_place(struct registry *g, const char *path);

/* The same for a caller that reads on: *fd is the open file, or -1 when it was open before or
 * cannot be. */
struct place *registry_place_fd(struct registry *g, const char *path, int *fd);

struct folder *registry_folder(struct registry *g, const char *path);
bool registry_folder_exists(struct registry *g, const char *path);

/* A whole small file of the root in the arena, NUL-terminated. -EFBIG over `limit`, -ENOENT ... */
int registry_read(struct registry *g, const char *path, size_t limit, char **out, size_t *n);

#endif
