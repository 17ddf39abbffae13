/* A verb is one file, src/cli/verb_NAME.c, that ends in its row; CMake's MKROOT_VERBS lists them.
 */
#ifndef CLI_VERB_H
#define CLI_VERB_H

#include "cli/opt.h"

#include <mkroot/error.h>

#include <stdbool.h>

/* Exit statuses, the same for every verb (run and trace pass on the command's). */
enum {
	EXIT_DONE = 0,
	EXIT_NO = 1, /* something is missing or differs */
	EXIT_USAGE = 2, /* wrong usage */
	EXIT_IO = 3, /* cannot read or write */
};

/* Options that every verb has. */
struct common_args {
	bool quiet, verbose, help, version;
	const char *color;
};

struct verb {
	const char *name;
	const char *synopsis; /* behind "mkroot NAME" */
	const char *help; /* one line */
	const char *more; /* paragraphs below the options, or NULL */
	void (*print_more)(FILE *out); /* further ones that are not fixed text, or NULL */
	const struct opt *opts;
	const struct opt *shared_opts; /* another verb's that it has too, or NULL */
	size_t args_size; /* the args struct starts with a struct common_args */
	enum opt_order order;
	int failure; /* exit status for wrong usage and unknown options: EXIT_USAGE, or run's 125 */
	int (*main)(const void *args, const struct opt_rest *rest);
};

extern const struct verb *const verbs[]; /* the default verb first; ends with NULL */
extern const struct opt common_opts[];

void verb_print_help(FILE *out, const struct verb *verb);
void verbs_print_help(FILE *out);

#endif
