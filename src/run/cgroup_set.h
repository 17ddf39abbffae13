/* A limit as what is written to a file of a cgroup, and how it reads back. */
#ifndef RUN_CGROUP_SET_H
#define RUN_CGROUP_SET_H

#include "run/cgroup_find.h"
#include "run/limits.h"

enum set_check {
	CHECK_TEXT, /* the same */
	CHECK_BYTES, /* the same, rounded down to whole pages */
	CHECK_DEVICE, /* a line of that device that has the value */
	CHECK_CPUS, /* the same CPUs in `effective` */
};

struct setting {
	enum controller controller;
	enum set_check check;
	const char *option; /* who asked, "--memory" */
	const char *file, *value;
	const char *effective; /* CHECK_CPUS: the file that tells what came of it */
	bool optional; /* not asked for: the kernel may be without it */
};

struct settings {
	VEC(struct setting) list;
};

/* What has to be written for the limits, in order; those of `controllers` (1 << enum controller).
 */
void settings_make(struct settings *s, struct arena *arena, const struct mkr_limits *limits,
	bool v2, unsigned controllers);

/* True when what was read says what was meant. */
bool setting_holds(const struct setting *s, const char *text, long page_size);

/* Writes it below `dir`, whose name is `path`, and reads it back. */
int setting_apply(const struct setting *s, struct arena *arena, int dir, const char *path,
	struct mkr_error *err);

#endif
