/* mkroot: finds the verb, parses its options, calls it. */
#include "cli/color.h"
#include "cli/report.h"
#include "cli/verb.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COMMON(member) offsetof(struct common_args, member)
const struct opt common_opts[] = {
	{ 'q', "quiet", NULL, "say nothing but errors", OPT_FLAG, COMMON(quiet) },
	{ 'v', "verbose", NULL, "say more", OPT_FLAG, COMMON(verbose) },
	{ 0, "color", "WHEN", "colours: auto, always or never [auto]", OPT_STRING, COMMON(color) },
	{ 'h', "help", NULL, "show this text", OPT_FLAG, COMMON(help) },
	{ 0, "version", NULL, "show the version", OPT_FLAG, COMMON(version) },
	{ 0, NULL, NULL, NULL, OPT_FLAG, 0 },
};

static const struct verb *find_verb(const char *name)
{
	for (const struct verb *const *v = verbs; *v; v++)
		if (strcmp((*v)->name, name) == 0)
			return *v;
	return NULL;
}

static void print_version(void)
{
	puts("mkroot " MKROOT_VERSION);
}

static int run_verb(const struct verb *verb, int argc, char **argv)
{
	struct mkr_error err;
	static const struct opt none[] = { { 0, NULL, NULL, NULL, OPT_FLAG, 0 } };
	const struct opt *shared = verb->shared_opts ? verb->shared_opts : none;
	const struct opt *const tables[] = { verb->opts, shared, common_opts, NULL };
	struct opt_rest rest;
	struct common_args *args = calloc(1, verb->args_size);
	if (!args)
		abort();
	int status;
	int r = opt_parse(argc, (const char *const *)argv, tables, verb->order, args, &rest, &err);
	if (r == 0 && (r = color_check(args->color, &err)) < 0)
		opt_rest_free(&rest);
	if (r < 0) {
		report_error(&err);
		free(args);
		return verb->failure;
	}
	if (args->help) {
		verb_print_help(stdout, verb);
		status = report_flush() ? EXIT_DONE : EXIT_IO;
	} else if (args->version) {
		print_version();
		status = report_flush() ? EXIT_DONE : EXIT_IO;
	} else {
		status = verb->main(args, &rest);
	}
	for (const struct opt *const *t = tables; *t; t++)
		for (const struct opt *o = *t; o->name; o++)
			if (o->kind == OPT_LIST)
				opt_list_free((struct opt_list *)((char *)args + o->offset));
	opt_rest_free(&rest);
	free(args);
	return status;
}

/* A closed one of the first three descriptors would be the next file that is opened: the output,
 * say, with error messages in it. */
static bool fill_std_fds(void)
{
	bool closed = fcntl(STDOUT_FILENO, F_GETFD) < 0;
	int fd;
	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd < 3);
	if (fd >= 0)
		close(fd);
	return closed;
}

/* Writing to it fails, as to a closed one. */
static void forbid_stdout(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		dup2(fd, STDOUT_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	bool closed = fill_std_fds();
	/* A reader of "-" or of ldd's lines that goes away is an error to report, not a death. */
	signal(SIGPIPE, SIG_IGN);
	/* And so is a file that grows over the limit for it (setrlimit(2), RLIMIT_FSIZE). */
	signal(SIGXFSZ, SIG_IGN);
	if (argc < 2) {
		verbs_print_help(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0) {
		verbs_print_help(stdout);
		return report_flush() ? EXIT_DONE : EXIT_IO;
	}
	if (strcmp(argv[1], "--version") == 0) {
		print_version();
		return report_flush() ? EXIT_DONE : EXIT_IO;
	}
	const struct verb *verb = find_verb(argv[1]);
	/* A command that run starts has /dev/null there, as in a container. */
	if (closed && !(verb && verb->order == OPT_STOP_AT_OPERAND))
		forbid_stdout();
	if (verb)
		return run_verb(verb, argc - 1, argv + 1);
	return run_verb(verbs[0], argc, argv);
}
