#include "test.h"

#include "rules/shell.h"

#include <string.h>

static struct arena *arena;
static char text[4096];

static const char *join(const char **at, size_t n, const char *out)
{
	for (size_t i = 0; i < n; i++)
		out = arena_printf(arena, "%s%s%s", out, i ? " " : "", at[i]);
	return out;
}

/* "command command | sourced" */
static const char *names_in(const char *script)
{
	struct shell_names names;
	static const char *const self[] = { "/usr/bin/me", NULL };
	shell_names(arena, str_from(script), self, &names);
	const char *out = join(names.commands.at, names.commands.n, "");
	if (names.sourced.n)
		out = join(names.sourced.at, names.sourced.n, arena_printf(arena, "%s | ", out));
	strncpy(text, out, sizeof(text) - 1);
	shell_names_free(&names);
	return text;
}

#define CALLS(script, expected) assert_string_equal(names_in(script), expected)

static void words_in_command_position_are_commands(void **state)
{
	(void)state;
	CALLS("#!/bin/sh\ngrep x | sort -u && uniq || tr a b; cut -c1 & wc\n",
		"grep sort uniq tr cut wc");
	CALLS("if a; then b; elif c; then d; else e; fi; while f; do g; done; ! h; { i; }; (j)",
		"a b c d e f g h i j");
	CALLS("for x in one two; do a $x; done; until b; do c; done", "a b c");
	CALLS("LC_ALL=C sort x=y; A=1 B=2 /usr/bin/env", "sort /usr/bin/env");
	CALLS("a \\\n  b\nc", "a c");
	CALLS("a 2>&1 >b <c; >d e; 2>/dev/null f; g >>h; i <<<j; k &>l", "a e f g i k");
	CALLS("a <(b) >(c)", "a b c");
}

static void builtins_and_functions_are_none(void **state)
{
	(void)state;
	CALLS("cd /; echo x; [ -f y ] && test z; export A; set -e; exit 1", "");
	CALLS("f() { a; }\ng ()\n{ b; }\nfunction h { c; }\nf; g; h; d", "a b c d");
	CALLS("f; f() { :; }", "");
	CALLS("[[ a == b && c < d ]] && e; ((x = y(1))); z=$((p + q)) r", "e r");
	CALLS("command -v grep >/dev/null || type sed", "");
}

static void quotes_and_comments_hide(void **state)
{
	(void)state;
	CALLS("a 'b; c' \"d; e\" \\; f # g; h\n# i\nj", "a j");
	CALLS("x='a; b'; y=\"$(c; \"d e\" | f)\" `g \\`h\\``", "c f g");
	CALLS("\"gr\"ep 'x'; 'sed' y", "grep sed");
	CALLS("a <<E\nb; c\nE\nd <<-'F' | e\n\tf $(g)\n\tF\nh", "a d e h");
	CALLS("a <<X; b <<Y\nc\nX\nd\nY\ne", "a b e");
}

static void patterns_of_case_are_none(void **state)
{
	(void)state;
	CALLS("case $1 in a) b;; (c|d) e ;; *) case x in y) z;; esac;; esac; f", "b e z f");
	CALLS("case $1\nin\n# g\n-h|--help) i ;;\nesac\nj", "i j");
	CALLS("x=$(case $1 in a) b;; esac; c); d", "b c d");
}

static void programs_that_start_programs_are_seen_through(void **state)
{
	(void)state;
	CALLS("exec grep -E", "grep");
	CALLS("nice -n 10 env -i A=1 tar c | xargs -0 rm -f; timeout 5 sleep 9; nohup a &",
		"nice env tar xargs rm timeout sleep nohup a");
	CALLS("find . -name 'x' -exec gzip {} \\; -o -ok b", "find gzip b");
	CALLS("sh -c 'a | b' c; eval \"d; e\"; trap 'f; g' INT", "sh a b d e f g");
	CALLS("command grep x; sudo -u mail a", "grep sudo mail a");
}

static void variables_stand_for_what_was_assigned(void **state)
{
	(void)state;
	CALLS("grep=grep\n$grep x", "grep");
	CALLS("case $1 in a) u='gzip -cd';; b) u=\"xz -dc\";; esac; $u x", "gzip xz");
	CALLS("${AWK:-awk} x; : ${SED=sed}; $SED y; \"${TR-tr}\"", "awk sed tr");
	CALLS("dir=/usr/bin; $dir/sort; ${dir}/cut", "/usr/bin/sort /usr/bin/cut");
	CALLS("for p in bzip2 'xz zstd'; do $p -d; done", "bzip2 xz zstd");
	CALLS("$1; ${x%%y}; $(a) b; $unset c; \"$@\"", "a");
	CALLS("p=(a b); ${p}; x=$x$x$x; $x", "a b");
	CALLS("e=gs; g=/opt/$e; test -x $g || g=$e; e=$g; exec \"$e\"", "gs");
	CALLS("c=gzip; c=\"$c -9\"; $c", "gzip");
	/* Too many to be anything but what the user may like. */
	CALLS("for e in a b c d e f g; do $e; done", "");
	CALLS("eval \"$grep -E\"; grep=zgrep", "zgrep");
}

static void the_script_knows_where_it_is(void **state)
{
	(void)state;
	CALLS("\"${0}\"x; exec $0.bin", "/usr/bin/mex /usr/bin/me.bin");
	CALLS("d=$(dirname \"$0\"); $d/a; `dirname $0`/b; ${0%/*}/c",
		"dirname /usr/bin/a /usr/bin/b /usr/bin/c");
	CALLS("d=$(cd \"$(dirname \"${BASH_SOURCE[0]}\")/../lib\" && pwd); . $d/x",
		"dirname | /usr/bin/../lib/x");
	struct shell_names names;
	shell_names(arena, STR("a=/usr/lib; b=$a/x:/y/z:w; c='/d e'; $a"), NULL, &names);
	assert_string_equal(join(names.paths.at, names.paths.n, ""), "/usr/lib /usr/lib/x /y/z /d");
	shell_names_free(&names);
}

static void what_is_sourced_is_told_apart(void **state)
{
	(void)state;
	CALLS(". /usr/lib/x.sh; source lib; d=/etc; . \"$d/y\"; . \"$(dirname $0)/z\"",
		"dirname | /usr/lib/x.sh lib /etc/y /usr/bin/z");
}

static void what_follows_the_end_is_no_shell_script(void **state)
{
	(void)state;
	CALLS("#!/bin/sh\n# \\\nexec tclsh \"$0\" \"$@\"\nproc x {} { puts }\n", "tclsh");
	CALLS("a; exit 0\nb", "a");
	CALLS("[ x ] && exit\nif y; then exec z; fi\nb", "y z b");
	CALLS("exec 3>&1\na", "a");
}

static void broken_scripts_end(void **state)
{
	(void)state;
	static const char *const broken[] = { "a \"b", "a 'b", "a $(b", "a `b", "a ${b",
		"case x in", "f() {", "<<", "a <<E", "$((", "((", "${x:-", "\\", "for", "[[ a",
		"a $", "a <(", "\001x\002", "\001", "x=(" };
	for (size_t i = 0; i < sizeof(broken) / sizeof(*broken); i++)
		names_in(broken[i]);
	/* 24 values of 4 kB for each of many words. */
	const char *many =
		"for x in a b c d e f g h i j; do y=$x$x$x$x$x$x$x$x; z=$y$y$y$y; done\n";
	for (int i = 0; i < 12; i++)
		many = arena_printf(arena, "%s%s", many, "$z$z$z$z$y$x\n");
	for (int i = 0; i < 10; i++)
		many = arena_printf(arena, "%s%s", many, many);
	names_in(many);
	assert_true(strlen(many) > 100000);
	static char deep[200000];
	static const char *const nests[] = { "(", "$(", "${x:-", "\"$(", "`", "((", "<(" };
	for (size_t i = 0; i < sizeof(nests) / sizeof(*nests); i++) {
		size_t n = strlen(nests[i]);
		for (size_t k = 0; k + n < sizeof(deep); k += n)
			memcpy(deep + k, nests[i], n);
		names_in(deep);
	}
}

static int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_in_command_position_are_commands),
		cmocka_unit_test(builtins_and_functions_are_none),
		cmocka_unit_test(quotes_and_comments_hide),
		cmocka_unit_test(patterns_of_case_are_none),
		cmocka_unit_test(programs_that_start_programs_are_seen_through),
		cmocka_unit_test(variables_stand_for_what_was_assigned),
		cmocka_unit_test(the_script_knows_where_it_is),
		cmocka_unit_test(what_is_sourced_is_told_apart),
		cmocka_unit_test(what_follows_the_end_is_no_shell_script),
		cmocka_unit_test(broken_scripts_end),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
