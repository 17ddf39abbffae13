/* Looks after what the command left running: a told call that nobody answers fails with ENOSYS. */
#ifndef TRACE_GUARD_H
#define TRACE_GUARD_H

#include <mkroot/error.h>

/* Starts a process that lets all calls of `listener` go on from when the caller closes *ret_rope,
 * or ends in whatever way, until the last process under the filter is gone. It holds nothing else
 * open, has a session of its own, and is not the caller's child. */
int guard_start(int listener, int *ret_rope, struct mkr_error *err);

#endif
