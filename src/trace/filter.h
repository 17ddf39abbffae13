/* The seccomp filter that stops at calls which name a path, and nowhere else. */
#ifndef TRACE_FILTER_H
#define TRACE_FILTER_H

#include <mkroot/error.h>

#include <stdbool.h>

/* Lays the filter on the calling thread and all that it will start. Returns the descriptor by which
 * the calls are told (seccomp_unotify(2)), close-on-exec. *ret_bare: set-user-ID programs will have
 * no effect (no_new_privs), since the caller is not allowed anything better. */
int filter_install(bool *ret_bare, struct mkr_error *err);

/* Can a told call be let go on (Linux 5.5)? Before that each would have to be refused. */
bool filter_can_continue(int listener);

/* Words for what stands in the way of filter_install(). */
void filter_explain(struct mkr_error *err, int code);

#endif
