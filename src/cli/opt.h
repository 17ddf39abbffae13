/* Options as rows: the parser, --help and completion all come from one table per verb. */
#ifndef CLI_OPT_H
#define CLI_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct mkr_error;

enum opt_kind {
	OPT_FLAG, /* bool: set to true */
	OPT_STRING, /* const char *: the argument, the last one wins */
	OPT_MAYBE, /* the same, but the argument may be left out: "" then. Only as --name=ARG */
	OPT_LIST, /* struct opt_list: each argument in turn */
	OPT_INT, /* int: a decimal number */
	OPT_IGNORED, /* accepted for other tools' fingers, does nothing */
	OPT_REFUSED, /* exit 2, `help` says what to use instead */
};

/* One row. `offset` is where the value goes in the verb's args struct. */
struct opt {
	char letter; /* 0: none */
	const char *name; /* long name, without "--" */
	const char *arg; /* what --help calls the argument, NULL: takes none */
	const char *help; /* one line; NULL: not shown */
	enum opt_kind kind;
	size_t offset;
};

/* What an OPT_LIST collects; starts zeroed, `at` ends with NULL once it holds something. */
struct opt_list {
	const char **at;
	size_t n;
};

/* Where options end: at "--" or at the first operand, or only at "--". */
enum opt_order { OPT_PERMUTE, OPT_STOP_AT_OPERAND };

/* What a parse leaves over: operands in order, ending with NULL, in memory of the caller. */
struct opt_rest {
	const char **operand;
	size_t n;
	size_t dashes; /* how many operands stood before a "--"; n when there was none */
};

/* Parses argv[1..argc-1] against the tables (NULL-terminated list, each ending with a row whose
 * name is NULL) into the struct at `args`. Long options may be written --name=ARG or --name ARG,
 * letters may be bundled; unlike getopt_long(3), long names cannot be abbreviated: an abbreviation
 * that works today would break with the next option. -EINVAL with a text and a hint. */
int opt_parse(int argc, const char *const *argv, const struct opt *const *tables,
	enum opt_order order, void *args, struct opt_rest *rest, struct mkr_error *err);
void opt_rest_free(struct opt_rest *rest);
void opt_list_free(struct opt_list *list);

/* Prints the rows that have a help text, aligned; without letters that mean a row of `over` (may be
 * NULL). */
void opt_print_help(FILE *out, const struct opt *table, const struct opt *over);

/* The closest of the NULL-terminated names to `word`, or NULL when none is close: the one place
 * where spelling mistakes are guessed, for verbs and options alike. */
const char *nearest_name(const char *word, const char *const *names);

#endif
