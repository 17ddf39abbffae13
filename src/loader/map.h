/* The link map of one process (glibc elf/dl-deps.c _dl_map_object_deps, elf/rtld.c). */
#ifndef LOADER_MAP_H
#define LOADER_MAP_H

#include "loader/flavour.h"

/* Maps `program`, which is `file`, by the rules of p->libc. p is filled in but for its objects. */
int map_program(struct process *p, const char *program, const struct file *file,
	const struct mkr_map **out, struct mkr_error *err);

/* The map of a program that has no loader: the program alone. */
const struct mkr_map *map_static(struct registry *g, const char *program, const struct file *file);

#endif
