/* Lists of folders as ELF files and the environment have them: "a:b::$ORIGIN/lib". */
#ifndef LOADER_DIRLIST_H
#define LOADER_DIRLIST_H

#include "loader/dst.h"
#include "loader/flavour.h"

/* glibc's fillin_rpath() (elf/dl-load.c): splits at any byte of `stops`, expands tokens, drops what
 * expands to nothing known, makes an empty element the current directory. */
struct dirs dirlist_parse(
	struct process *p, const char *list, const char *stops, const struct dst *dst);

#endif
