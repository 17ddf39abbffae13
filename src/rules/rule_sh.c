/* The shell behind system(3), popen(3) and wordexp(3). */
#include "rules/rule.h"

static const struct rule rows[] = {
	/* system(3): "executes the command specified in command using execl(3) as /bin/sh -c".
	 * musl's wordexp(3) starts it as well (src/misc/wordexp.c). */
	{ .imports = "system popen wordexp", .ask = { ASK_PATH, "/bin/sh" } },
	{ 0 },
};

const struct rule_set rule_sh = {
	.name = "sh",
	.help = "/bin/sh for programs that call system or popen",
	.rows = rows,
};
