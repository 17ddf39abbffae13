/* mkroot build: programs in, a root out. */
#include "cli/build.h"

#include <stddef.h>

static int build_main(const void *ptr, const struct opt_rest *rest)
{
	const struct build_args *args = ptr;
	struct build b;
	/* What --run starts: the words behind "--", or the first program. */
	struct build_wants wants = { .programs = rest->operand,
		.n_programs = args->run ? rest->dashes : rest->n,
		.with = "auto" };
	int status = build_begin(&b, args, wants.n_programs > 0);
	if (status == EXIT_DONE)
		status = build_finish(&b, &wants);
	if (status == EXIT_DONE && args->run && !args->dry_run) {
		bool cmd = rest->n > wants.n_programs;
		status = build_run(&b, cmd ? rest->operand + wants.n_programs : NULL,
			wants.n_programs ? wants.programs[0] : NULL);
	}
	build_free(&b);
	return status;
}

const struct verb verb_build = {
	.name = "build",
	.synopsis = "[OPTION...] PROGRAM... -o OUTPUT",
	.help = "put programs and all they need into a root",
	.more = "PROGRAM is a path, or a name looked up in PATH (inside DIR with -S): an ELF "
		"program, a\n"
		"script, or a shared library. A folder is added to; an archive is replaced once "
		"the new one\n"
		"is whole; a layout keeps its other tags. Links, owners, modes, times and file "
		"capabilities\n"
		"are kept. With SOURCE_DATE_EPOCH, no time is newer than that.\n",
	.print_more = build_print_words,
	.opts = build_opts,
	.args_size = sizeof(struct build_args),
	.failure = EXIT_USAGE,
	.main = build_main,
};
