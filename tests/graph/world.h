/* Files of a case on disk, and programs started among them. */
#ifndef GRAPH_WORLD_H
#define GRAPH_WORLD_H

#include "case.h"

struct world {
	const char *base; /* a folder of our own, which holds: */
	char *root, *host; /* the root to chroot to; the folder for cases without one */
	bool can_chroot;
	const char *why_not;
};

/* Where a libc's loader is on this machine. */
const struct abi *world_abi(const char *name);
bool world_has_loader(const struct abi *abi);

void world_open(struct world *w, struct arena *a, const char *base);

/* Lays the case out under `top`. prefix: in front of all absolute paths inside the files, "" in a
 * chroot. False: *why. */
bool world_build(const struct world *w, struct arena *a, const struct graph *g, const char *top,
	const char *prefix, const char **why);
void world_clean(const char *top);

/* `text` with the prefix in front of each absolute path of a list. */
const char *world_paths(struct arena *a, const char *prefix, const char *text);

/* What a process said and how it ended. */
struct output {
	int status; /* exit status, 128 + signal, or -errno when it could not be started */
	char *out, *err;
};

struct output world_run(struct arena *a, const char *root, const char *cwd, const char *const *argv,
	const char *const *env, unsigned seconds);

#endif
