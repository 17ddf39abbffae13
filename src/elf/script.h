/* "#!" lines, as execve(2) reads them (fs/binfmt_script.c). */
#ifndef ELF_SCRIPT_H
#define ELF_SCRIPT_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>

/* The kernel reads this much of a file to find out what it is (BINPRM_BUF_SIZE). */
enum { SCRIPT_LINE_MAX = 256 };

struct script {
	const char *interp; /* the program the line names */
	const char *argument; /* all that follows it, as one; NULL: nothing */
	const char *command; /* for "env [OPTION...] [K=V...] NAME ...": NAME; NULL: no such line */
};

/* Parses the first bytes of a file (SCRIPT_LINE_MAX of them, unless it is shorter) into the arena.
 * False: no script, or a line the kernel refuses (empty, or cut off inside the interpreter's path).
 * A carriage return is a byte like any other, as it is for the kernel. */
bool script_parse(struct script *s, struct arena *a, const char *head, size_t n);

/* The command among env(1)'s arguments, or NULL. */
const char *env_command(struct arena *a, const char *argument);

#endif
