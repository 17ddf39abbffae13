/* What build tells once it has written. */
#ifndef CLI_TOLD_H
#define CLI_TOLD_H

#include <mkroot/plan.h>

#include <stdbool.h>
#include <stddef.h>

enum { TOLD_BIGGEST = 5 };

/* The indexes of the biggest files, each with bytes of its own, the biggest first; of equals the
 * one whose path comes first. Returns how many. */
size_t told_biggest(const struct mkr_entry *entries, size_t n, size_t ret[static TOLD_BIGGEST]);

/* They, on stderr. */
void told_files(const struct mkr_entry *entries, size_t n);

/* A command to go on with, as a shell takes it, in memory that the caller frees; NULL: there is
 * none, or no terminal can show the name of the output as it is. */
struct told_output {
	const char *format; /* as mkr_target_format() says it */
	const char *path; /* as mkr_target_path() says it */
	const char *typed;
	unsigned machine; /* EM_*, of the programs; 0: unknown */
	bool is_root; /* who is to type it */
};
char *told_next(const struct told_output *o);

#endif
