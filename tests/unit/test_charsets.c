#include "test.h"

#include "rules/charsets.h"

#include <string.h>

static const char list[] =
	"# comment\nalias\tKOI8R//\tKOI8-R//\nmodule KOI8-R// INTERNAL KOI8-R 1\n"
	"module INTERNAL KOI8-R// KOI8-R 1\nalias DE// ISO646-DE//\n"
	"module ISO646-DE// INTERNAL ISO646 2\nmodule IBM850// INTERNAL IBM850\n"
	"alias CP850// IBM850//\nalias CP1364// KOI8-R//\nmodule CP866// INTERNAL CP866.so\n"
	"module CPX// INTERNAL CPX\nalias L// M//\nmodule OUT-1// INTERNAL ../OUT\n"
	"module ABS-1// INTERNAL /OUT\nalias LOOP-1// LOOP-2//\nalias LOOP-2// LOOP-1//\n";

static const char *named(struct arena *a, struct str text, size_t max)
{
	struct charsets *c = charsets_new(a);
	const char *all = "";
	charsets_read(c, str_from(list));
	for (const char *const *file = charsets_named(c, text, max); *file; file++)
		all = arena_printf(a, "%s%s ", all, *file);
	charsets_free(c);
	return all;
}

#define NAMED(text, max) named(*state, (struct str){ text, sizeof(text) }, max)

static void whole_strings_are_names(void **state)
{
	assert_string_equal(NAMED("\1koi8-r\0KOI8R//TRANSLIT\0xcp850", 9), "KOI8-R ");
	assert_string_equal(NAMED("cp850\0KOI8-R\0", 9), "IBM850 KOI8-R ");
	assert_string_equal(NAMED("in KOI8-R text\0CP1\0", 9), "");
}

static void words_of_languages_are_none(void **state)
{
	assert_string_equal(NAMED("DE\0de\0L\0", 9), "");
}

static void patterns_stand_for_numbers(void **state)
{
	assert_string_equal(NAMED("CP%d//TRANSLIT\0", 9), "IBM850 CP866 ");
	assert_string_equal(NAMED("cp%03u", 9), "IBM850 CP866 ");
	assert_string_equal(NAMED("CP%s\0CP%d%d\0%d\0%\0CP%", 9), "");
}

static void a_table_is_passed_over(void **state)
{
	assert_string_equal(NAMED("cp850\0KOI8-R\0", 1), "");
}

static void what_leads_out_or_nowhere_is_none(void **state)
{
	assert_string_equal(NAMED("OUT-1\0ABS-1\0LOOP-1\0", 9), "");
}

static void a_list_with_zeros_names_no_file(void **state)
{
	static const char zeros[] =
		"module IBM850// INTERNAL \0IBM850\nmodule A\0B// INTERNAL AB\n";
	struct charsets *c = charsets_new(*state);
	charsets_read(c, (struct str){ zeros, sizeof(zeros) - 1 });
	assert_null(*charsets_named(c, STR("IBM850\0A\0A\0B"), 9));
	charsets_free(c);
}

static int set_up(void **state)
{
	*state = arena_new();
	return 0;
}

static int tear_down(void **state)
{
	arena_free(*state);
	return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(whole_strings_are_names),
		TEST(words_of_languages_are_none), TEST(patterns_stand_for_numbers),
		TEST(a_table_is_passed_over), TEST(what_leads_out_or_nowhere_is_none),
		TEST(a_list_with_zeros_names_no_file) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
