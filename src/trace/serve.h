/* Takes note of the calls that the filter tells of, and lets each of them go on. */
#ifndef TRACE_SERVE_H
#define TRACE_SERVE_H

#include "trace/seen.h"
#include "trace/where.h"

#include <mkroot/error.h>

#include <stdbool.h>
#include <stddef.h>

struct server {
	int listener;
	struct wheres *wheres; /* NULL: calls go on unseen */
	struct seen_set *seen;
	size_t unseen; /* calls whose path could not be known */
	void *request, *response; /* of the kernel's sizes, which may be larger than ours */
	size_t request_size, response_size;
};

/* -ENOMEM, or -ENOSYS. */
int server_open(struct server *s, int listener, struct mkr_error *err);
void server_close(struct server *s); /* not the listener */

/* One call, when the listener is readable. -errno of seccomp_unotify(2) but for those that mean
 * that the caller of the call has gone or was interrupted. */
int server_serve(struct server *s);

#endif
