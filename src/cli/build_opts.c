/* The options of build, and of trace, which builds too. */
#include "cli/build.h"

#include <mkroot/rules.h>
#include <mkroot/sink.h>

#include <stddef.h>

#define AT(member) offsetof(struct build_args, member)
const struct opt build_opts[] = {
	{ 'o', "output", "OUTPUT",
		"a folder, x.tar.gz, x.cpio, oci:DIR:TAG ..., or - for a tar (see below)",
		OPT_STRING, AT(output) },
	{ 0, "run", NULL, "start the result: the command behind --, or the first PROGRAM", OPT_FLAG,
		AT(run) },
	{ 'S', "sysroot", "DIR",
		"take everything from DIR, of any architecture; also a tar or an image [/]",
		OPT_STRING, AT(input.sysroot) },
	{ 0, "root", "DIR", NULL, OPT_STRING, AT(input.sysroot) },
	{ 'L', "library-path", "PATHS", "search here where LD_LIBRARY_PATH is searched", OPT_STRING,
		AT(input.library_path) },
	{ 0, "base", "ROOT",
		"start from this root or image and add to it; without PROGRAM: convert", OPT_STRING,
		AT(base) },
	{ 'i', "include", "PATH[:DEST]", "also this file or folder, and what it needs; may repeat",
		OPT_LIST, AT(include) },
	{ 'x', "exclude", "GLOB", "leave out what matches; may repeat", OPT_LIST, AT(exclude) },
	{ 0, "with", "SET[,SET...]",
		"run-time data: auto, none, or names (see below); may repeat [auto]", OPT_LIST,
		AT(with) },
	{ 0, "hwcaps", "WHICH",
		"glibc-hwcaps variants beside the baseline: all, none, host or a level [all]",
		OPT_STRING, AT(input.hwcaps) },
	{ 0, "preload", "PATHS", "libraries that are loaded first, as LD_PRELOAD", OPT_STRING,
		AT(input.preload) },
	{ 0, "user", "NAME[:UID[:GID]]", "also this user in passwd and group", OPT_STRING,
		AT(user) },
	{ 0, "owner", "WHO", "keep, root or UID:GID [keep]", OPT_STRING, AT(owner) },
	{ 0, "manifest", "FILE", "also tell of every path what it is and why, as JSON", OPT_STRING,
		AT(manifest) },
	{ 0, "sbom", "FORMAT:FILE",
		"also a bill of materials, as spdx:FILE or cyclonedx:FILE; may repeat", OPT_LIST,
		AT(sbom) },
	{ 0, "try", "CMD", "run CMD in the result; it fails, so does this; may repeat", OPT_LIST,
		AT(try) },
	{ 'n', "dry-run", NULL, "list path, size and reason; write nothing", OPT_FLAG,
		AT(dry_run) },
	{ 'k', "keep-going", NULL, "write although something is missing (still exit 1)", OPT_FLAG,
		AT(keep_going) },
	{ 0, "level", "N", "compression level, gzip to 12, xz to 9, zstd to 22 [6, 6, 3]", OPT_INT,
		AT(level) },
	{ 'j', "jobs", "N", "threads for compression [all CPUs]", OPT_INT, AT(jobs) },
	{ 0, "layers", "N", "image: packages in layers of their own, N layers at most [1]", OPT_INT,
		AT(image.layers) },
	{ 0, "compress", "HOW", "image: layers by gzip, zstd or none [gzip]", OPT_STRING,
		AT(image.compress) },
	{ 0, "platform", "OS/ARCH", "image: what it is for [from the ELF files]", OPT_STRING,
		AT(image.platform) },
	{ 0, "entrypoint", "CMD", "image: a JSON array, or words [none]", OPT_STRING,
		AT(image.entrypoint) },
	{ 0, "cmd", "CMD", "image: what is run, as --entrypoint [the first PROGRAM]", OPT_STRING,
		AT(image.cmd) },
	{ 'e', "env", "NAME=VALUE", "image: a variable; may repeat", OPT_LIST, AT(image.env) },
	{ 0, "workdir", "DIR", "image: the working directory", OPT_STRING, AT(image.workdir) },
	{ 0, "label", "NAME=VALUE", "image: a label; may repeat", OPT_LIST, AT(image.label) },
	{ 0, "annotation", "NAME=VALUE", "image: an annotation of the manifest; may repeat",
		OPT_LIST, AT(image.annotation) },
	{ 0, "expose", "PORT[/PROTO]", "image: a port it listens on; may repeat", OPT_LIST,
		AT(image.expose) },
	{ 0, "volume", "DIR", "image: a folder for data that is kept; may repeat", OPT_LIST,
		AT(image.volume) },
	{ 0, "stop-signal", "SIGNAL", "image: what asks it to stop", OPT_STRING,
		AT(image.stop_signal) },
	{ 0, NULL, NULL, NULL, OPT_FLAG, 0 },
};

void build_print_words(FILE *out)
{
	struct mkr_rule_set set;
	fputs("\nWhat -o takes:\n", out);
	for (size_t i = 0; mkr_target_help(i); i++)
		fprintf(out, "  %s\n", mkr_target_help(i));
	fputs("\nWhat --with takes: auto, which is all but those marked +; none; and, taken "
	      "whether "
	      "or not\nsomething asks for it:\n",
		out);
	for (size_t i = 0; mkr_rule_set_at(i, &set); i++)
		fprintf(out, "  %c %-10s %s\n", set.automatic ? ' ' : '+', set.name, set.help);
}
