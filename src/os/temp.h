/* Names for what is in the making. Who makes something under one holds a lock on it (flock(2)),
 * which ends with him: what a killed one has left is known by that, and the next one removes it.
 * For those that os/write.h is for. */
#ifndef OS_TEMP_H
#define OS_TEMP_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

/* A name that nobody uses: ".NAME.mkroot-XXXXXX", or ".mkroot-XXXXXX" for an empty NAME. */
void temp_name(char out[static NAME_MAX + 1], const char *name);

/* Locks what was just made as `temp` in `parent`. False: somebody takes it for a dead one's and is
 * removing it; another name has to do. On a file system without locks nothing is ever removed. */
bool temp_hold(int parent, const char *temp, int fd);

/* A new folder under such a name, locked as long as the descriptor that is returned is open;
 * -errno. `mode` is less the umask, unless it is 0700. */
int temp_dir(char out[static NAME_MAX + 1], int parent, const char *name, mode_t mode);

/* Removes what dead writers of `name` in `parent`, of this user, have left. */
void temp_sweep(int parent, const char *name);

#endif
