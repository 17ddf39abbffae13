/* Descriptors handed from one process to another, over the link. */
#ifndef RUN_HAND_H
#define RUN_HAND_H

#include <sys/types.h>

enum { HAND_MAX = 250 }; /* SCM_MAX_FD of the kernel is 253 */

/* One message with `size` bytes and `n` descriptors, which stay the caller's too. 0 or -errno. */
int hand_out(int link, const void *data, size_t size, const int *fds, size_t n);

/* Takes one. Returns its bytes, 0 at the end, or -errno; *n: room in `fds`, then how many came. */
ssize_t hand_in(int link, void *data, size_t size, int *fds, size_t *n);

#endif
