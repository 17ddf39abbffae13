/* Names that never leave this machine by way of a trace. */
#ifndef TRACE_KEEP_OUT_H
#define TRACE_KEEP_OUT_H

#include <mkroot/trace.h>

#include <stdbool.h>

/* Is `path` (no leading slash, no links in it) to be left out for what its name says? The home
 * folders, without a leading slash too, end with NULL. A folder below /run that is no more than a
 * place for sockets and locks may be made, empty: `folder`. */
bool keep_out(const char *path, bool folder, const char *const *homes, enum mkr_left *ret_why);

#endif
