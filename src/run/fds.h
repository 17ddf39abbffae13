/* Descriptors that the caller wants the command to have. */
#ifndef RUN_FDS_H
#define RUN_FDS_H

#include <stddef.h>

/* Closes all from 3 on but those of `keep`, in rising order, and `also`, which is above them.
 * Returns -errno. */
int fds_close_others(const int *keep, size_t n, int also);

/* The first one above all of them, and above 2. */
int fds_above(const int *keep, size_t n);

/* Takes the close-on-exec flag from those alone, of all from 3 on. Returns -errno. */
int fds_hand_on(const int *keep, size_t n);

#endif
