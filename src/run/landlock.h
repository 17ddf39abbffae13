/* Landlock as a second wall behind the mount namespace; landlock(7). */
#ifndef RUN_LANDLOCK_H
#define RUN_LANDLOCK_H

#include <mkroot/error.h>

#include <stdbool.h>
#include <stddef.h>

/* True when this kernel can keep a process to the files below a folder. */
bool landlock_has_files(void);

/* For this process and all that come of it, where the kernel has it: no signal leaves for a process
 * that is not among them, and no connection for an abstract socket of others. With `files`: no file
 * is opened, made or removed but below "/", and what the first three descriptors and `fds` are: a
 * descriptor or a /proc/PID/exe that leads out opens nothing. Mounting is forbidden by that, too.
 * Needs no_new_privs or CAP_SYS_ADMIN. A kernel without Landlock is no error. */
int landlock_enter(bool files, const int *fds, size_t n, struct mkr_error *err);

#endif
