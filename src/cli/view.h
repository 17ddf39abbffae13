/* A way to show link maps: ldd's lines, a tree, a list, JSON, a graph. */
#ifndef CLI_VIEW_H
#define CLI_VIEW_H

#include "base/arena.h"
#include "base/json_out.h"
#include "base/set.h"

#include <mkroot/error.h>
#include <mkroot/loader.h>
#include <mkroot/root.h>

#include <stdbool.h>
#include <stdio.h>

struct view;

struct view_ops {
	void (*begin)(struct view *v); /* may be NULL */
	/* One FILE: as it was typed, its path inside the root, its map. */
	void (*show)(
		struct view *v, const char *typed, const char *path, const struct mkr_map *map);
	/* One that has no map, and why; may be NULL: `err` is said on stderr anyhow. */
	void (*fail)(
		struct view *v, const char *typed, const char *path, const struct mkr_error *err);
	void (*finish)(struct view *v); /* may be NULL */
	bool tells_missing; /* what is missing needs no further words on stderr */
};
extern const struct view_ops view_tree, view_flat, view_json, view_dot;

/* What all FILEs of a call share. Zeroed but for the first three lines by the caller. */
struct view {
	const struct view_ops *ops;
	FILE *out;
	bool color;
	const struct mkr_root *root;
	struct mkr_loader *loader;
	struct arena *arena;
	size_t n_shown;
	bool told_no_cache;
	struct json json;
	struct view_size *sizes; /* by file */
	struct set *seen;
};

void view_open(struct view *v);
void view_close(struct view *v);

/* Bytes of the file of a load that has a path; asked for once per file. False: it is gone. */
bool view_size(struct view *v, const struct mkr_load *load, unsigned long long *size);

/* True the first time that this text comes. */
bool view_is_new(struct view *v, const char *text);

/* PT_INTERP as a load, for a map that has it not in its list: the kernel opens it also where
 * nothing asks for it. False: it is there, or missing, or there is none. */
bool view_lone_interp(struct view *v, const struct mkr_map *map, struct mkr_load *interp);

/* The folder that RPATH, RUNPATH or the environment named; NULL for what was found otherwise. */
const char *view_list(const struct mkr_load *load);

/* "RUNPATH /opt/lib", "ld.so.cache": how, and that folder. */
const char *view_how(struct view *v, const struct mkr_load *load);

#endif
