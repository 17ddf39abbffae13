/* mkroot help [VERB] */
#include "cli/report.h"
#include "cli/verb.h"

#include <string.h>

void verb_print_help(FILE *out, const struct verb *verb)
{
	fprintf(out, "usage: mkroot %s %s\n\n%s\n\n", verb->name, verb->synopsis, verb->help);
	opt_print_help(out, verb->opts, NULL);
	if (verb->shared_opts)
		opt_print_help(out, verb->shared_opts, verb->opts);
	opt_print_help(out, common_opts, verb->opts);
	if (verb->more)
		fprintf(out, "\n%s", verb->more);
	if (verb->print_more)
		verb->print_more(out);
}

void verbs_print_help(FILE *out)
{
	fputs("mkroot: put programs and all they need into a root file system, without running "
	      "them\n"
	      "\n"
	      "  mkroot bash ls -o root.tar    a tar          mkroot run root.tar   start a shell "
	      "in it\n"
	      "  mkroot bash ls -o jail/       a folder       mkroot ldd /bin/ls    what ldd says, "
	      "safely\n"
	      "\n"
	      "usage: mkroot VERB [OPTION...] ...\n",
		out);
	for (const struct verb *const *v = verbs; *v; v++)
		fprintf(out, "  %-10s %s%s\n", (*v)->name, (*v)->help,
			v == verbs ? " (the default verb)" : "");
	fputs("\n'mkroot help VERB' shows a verb's options.\n"
	      "exit status: 0 done, 1 something is missing or differs, 2 wrong usage, 3 cannot "
	      "read or "
	      "write;\n"
	      "run: the command's, 128+N killed by signal N, 125 mkroot failed, 126 not "
	      "executable, 127 "
	      "not found\n",
		out);
}

struct help_args {
	struct common_args common;
};

static int help_main(const void *args, const struct opt_rest *rest)
{
	(void)args;
	if (rest->n == 0) {
		verbs_print_help(stdout);
		return report_flush() ? EXIT_DONE : EXIT_IO;
	}
	const char *names[32];
	size_t n = 0;
	for (const struct verb *const *v = verbs; *v; v++) {
		if (strcmp((*v)->name, rest->operand[0]) == 0) {
			verb_print_help(stdout, *v);
			return report_flush() ? EXIT_DONE : EXIT_IO;
		}
		if (n < 31)
			names[n++] = (*v)->name;
	}
	names[n] = NULL;
	struct mkr_error err;
	mkr_failx(&err, -1, "no verb '%s'", rest->operand[0]);
	const char *near = nearest_name(rest->operand[0], names);
	if (near)
		mkr_detail(&err, "hint", "a verb with a similar name exists: %s", near);
	report_error(&err);
	return EXIT_USAGE;
}

static const struct opt help_opts[] = { { 0, NULL, NULL, NULL, OPT_FLAG, 0 } };

const struct verb verb_help = {
	.name = "help",
	.synopsis = "[VERB]",
	.help = "show what a verb does and its options",
	.opts = help_opts,
	.args_size = sizeof(struct help_args),
	.failure = EXIT_USAGE,
	.main = help_main,
};
