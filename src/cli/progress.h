/* One line on a terminal that says how far a long job is, while it lasts. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed: says nothing. */
struct progress {
	bool on, drawn;
	int64_t next; /* when a line may be drawn, in nanoseconds of the monotonic clock */
	uint64_t files, bytes; /* that a write will have at its end */
};

/* From now on, where stderr is a terminal that can take lines back: TERM is neither unset nor
 * "dumb". `quiet`: nowhere. */
void progress_begin(struct progress *p, bool quiet);

/* A mkr_closure_opts.look and a mkr_progress_fn; ctx is the struct progress. They draw nothing in
 * the first 300 ms and at most ten times a second. */
void progress_look(void *ctx, size_t found);
void progress_write(void *ctx, uint64_t files, uint64_t bytes, const char *path);

/* Takes the line back: to be called before anything else is said. */
void progress_clear(struct progress *p);

/* The line of progress_write(), for a terminal of so many columns, which it does not fill: the path
 * (NULL: the output is brought to its end) is cut. */
void progress_text(char *out, size_t size, size_t columns, const struct progress *p, uint64_t files,
	uint64_t bytes, const char *path);

#endif
