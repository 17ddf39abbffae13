/* Clocks of the box's own: time_namespaces(7). */
#ifndef RUN_TIMENS_H
#define RUN_TIMENS_H

#include <mkroot/error.h>

#include <stdbool.h>
#include <stdint.h>

struct time_offsets {
	bool wanted;
	int64_t monotonic, boottime; /* seconds, added to what the clock says */
};

/* "monotonic=N,boottime=N", one of them at least; NULL: none is wanted. */
int time_offsets_parse(struct time_offsets *t, const char *text, struct mkr_error *err);

/* Moves the calling process, which has one thread and all capabilities in its user namespace, into
 * a new time namespace. /proc/self has to be its own to write. */
int time_offsets_enter(const struct time_offsets *t, struct mkr_error *err);

#endif
