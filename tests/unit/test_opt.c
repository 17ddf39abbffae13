#include "test.h"

#include "cli/opt.h"

#include <mkroot/error.h>

#include <errno.h>
#include <stddef.h>

struct args {
	bool quiet, verbose;
	const char *output;
	struct opt_list include;
	int level;
	const char *size;
};

#define AT(member) offsetof(struct args, member)
static const struct opt own[] = {
	{ 'o', "output", "OUTPUT", "where to", OPT_STRING, AT(output) },
	{ 'i', "include", "PATH", "also this", OPT_LIST, AT(include) },
	{ 0, "level", "N", "level", OPT_INT, AT(level) },
	{ 0, "size", "N", NULL, OPT_MAYBE, AT(size) },
	{ 't', "tty", NULL, NULL, OPT_IGNORED, 0 },
	{ 0, "privileged", NULL, "use --cap-add", OPT_REFUSED, 0 },
	{ 0, NULL, NULL, NULL, OPT_FLAG, 0 },
};
static const struct opt common[] = {
	{ 'q', "quiet", NULL, "quiet", OPT_FLAG, AT(quiet) },
	{ 'v', "verbose", NULL, "verbose", OPT_FLAG, AT(verbose) },
	{ 0, NULL, NULL, NULL, OPT_FLAG, 0 },
};
static const struct opt *const tables[] = { own, common, NULL };

#define PARSE(order, args, rest, err, ...)                                                         \
	opt_parse((int)(sizeof((const char *[]){ "x", __VA_ARGS__ }) / sizeof(char *)),            \
		(const char *const[]){ "x", __VA_ARGS__ }, tables, order, args, rest, err)

static void every_spelling_of_an_option_is_understood(void **state)
{
	(void)state;
	struct args a = { 0 };
	struct opt_rest rest;
	struct mkr_error err;
	assert_int_equal(PARSE(OPT_PERMUTE, &a, &rest, &err, "p", "-qvo", "out", "-ia",
				 "--include=b", "--level", "9", "-t", "r", "--", "-q", "-"),
		0);
	assert_true(a.quiet && a.verbose);
	assert_string_equal(a.output, "out");
	assert_int_equal(a.include.n, 2);
	assert_string_equal(a.include.at[0], "a");
	assert_string_equal(a.include.at[1], "b");
	assert_null(a.include.at[2]);
	assert_int_equal(a.level, 9);
	assert_int_equal(rest.n, 4);
	assert_int_equal(rest.dashes, 2);
	assert_string_equal(rest.operand[2], "-q");
	assert_string_equal(rest.operand[3], "-");
	opt_rest_free(&rest);
	opt_list_free(&a.include);
}

static void an_argument_that_may_be_left_out_follows_an_equals_sign(void **state)
{
	(void)state;
	struct args a = { 0 };
	struct opt_rest rest;
	struct mkr_error err;
	assert_int_equal(PARSE(OPT_PERMUTE, &a, &rest, &err, "--size", "p"), 0);
	assert_string_equal(a.size, "");
	assert_int_equal(rest.n, 1);
	opt_rest_free(&rest);
	assert_int_equal(PARSE(OPT_PERMUTE, &a, &rest, &err, "--size=3m"), 0);
	assert_string_equal(a.size, "3m");
	opt_rest_free(&rest);
}

static void options_end_at_the_first_operand_when_asked(void **state)
{
	(void)state;
	struct args a = { 0 };
	struct opt_rest rest;
	struct mkr_error err;
	assert_int_equal(PARSE(OPT_STOP_AT_OPERAND, &a, &rest, &err, "-q", "root", "-v", "--"), 0);
	assert_true(a.quiet);
	assert_false(a.verbose);
	assert_int_equal(rest.n, 3);
	assert_string_equal(rest.operand[2], "--");
	opt_rest_free(&rest);
}

static void what_is_wrong_is_named(void **state)
{
	(void)state;
	static const struct {
		const char *arg, *text, *detail;
	} rows[] = {
		{ "--outptu", "unknown option '--outptu'",
			"hint: an option with a similar name exists: --output\n" },
		{ "--zzzz=1", "unknown option '--zzzz'", "" },
		{ "-z", "unknown option '-z'", "" },
		{ "-o", "option '-o' needs an argument: OUTPUT", "" },
		{ "--output", "option '--output' needs an argument: OUTPUT", "" },
		{ "--quiet=yes", "option '--quiet' takes no argument", "" },
		{ "--level=x", "option '--level' takes a whole number, not 'x'", "" },
		{ "--level=-1", "option '--level' takes a whole number, not '-1'", "" },
		{ "--outp", "unknown option '--outp'",
			"hint: an option with a similar name exists: --output\n" },
		{ "--privileged", "option '--privileged' is not for mkroot",
			"hint: use --cap-add\n" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct args a = { 0 };
		struct opt_rest rest;
		struct mkr_error err;
		assert_int_equal(PARSE(OPT_PERMUTE, &a, &rest, &err, rows[i].arg), -EINVAL);
		assert_string_equal(err.text, rows[i].text);
		assert_string_equal(err.detail, rows[i].detail);
	}
}

static void the_nearest_name_is_near_or_none(void **state)
{
	(void)state;
	static const char *const names[] = { "build", "ldd", "run", "check", NULL };
	assert_string_equal(nearest_name("chekc", names), "check");
	assert_string_equal(nearest_name("biuld", names), "build");
	assert_null(nearest_name("elephant", names));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_spelling_of_an_option_is_understood),
		cmocka_unit_test(an_argument_that_may_be_left_out_follows_an_equals_sign),
		cmocka_unit_test(options_end_at_the_first_operand_when_asked),
		cmocka_unit_test(what_is_wrong_is_named),
		cmocka_unit_test(the_nearest_name_is_near_or_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
