/* mkroot why: one place that is asked for what needs a file. */
#ifndef CLI_WHY_H
#define CLI_WHY_H

#include "base/json_out.h"
#include "cli/input.h"

#include <stdbool.h>
#include <stddef.h>

/* What all INs of a call share. */
struct why {
	const char *file; /* as typed */
	bool quiet;
	size_t most; /* chains to be printed */
	bool as_json;
	struct json json; /* open, in an array of chains */
	size_t n_chains, n_asked; /* chains that there are; programs, scripts, libraries */
	char *near; /* a name like FILE's that is needed; the caller frees it */
};

/* Everything of one IN, as typed, whose `path` is inside in->root; root: that folder as typed, or
 * NULL. Returns an exit status. */
int why_ask(
	struct why *why, struct input *in, const char *typed, const char *path, const char *root);

#endif
