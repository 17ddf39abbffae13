#include "test.h"

#include "rules/rule.h"

#include <string.h>

/* All paths in the text, one a line. */
static const char *paths(struct arena *a, struct str text)
{
	const char *all = "";
	struct str path;
	for (size_t at = 0; strings_next_path(text, &at, &path);)
		all = arena_printf(a, "%s%.*s\n", all, (int)path.n, path.p);
	return all;
}

static void paths_stand_in_strings(void **state)
{
	(void)state;
	static const char text[] = "/etc/hosts\0PATH=/usr/bin:/usr/sbin/\0"
				   "\1\2/usr/share/x/y.dat\0see \"/usr/lib/a\", (/usr/lib/b)\0";
	struct arena *a = arena_new();
	assert_string_equal(paths(a, (struct str){ text, sizeof(text) }),
		"/etc/hosts\n/usr/bin\n/usr/sbin\n/usr/share/x/y.dat\n/usr/lib/a\n/usr/lib/b\n");
	arena_free(a);
}

static void what_is_filled_in_is_cut_off(void **state)
{
	(void)state;
	static const char text[] = "/usr/share/x/%s.dat\0/usr/share/y%d\0/etc/z/$HOME/x\0/etc/*.d";
	struct arena *a = arena_new();
	assert_string_equal(
		paths(a, (struct str){ text, sizeof(text) }), "/usr/share/x\n/usr/share\n/etc/z\n");
	arena_free(a);
}

static void what_is_no_path_is_none(void **state)
{
	(void)state;
	static const char text[] = "http://a/b\0a/b/c\0/\0//x/y\0/etc\0and/or\0/usr/../etc/x\0"
				   "s/a/b/\0%s/lib/x\0${d}/lib/x\0</b>";
	struct arena *a = arena_new();
	assert_string_equal(paths(a, (struct str){ text, sizeof(text) }), "");
	assert_string_equal(paths(a, STR("")), "");
	arena_free(a);
}

static void strings_are_what_a_nul_ends(void **state)
{
	(void)state;
	struct str rest = { "\1\2www-data\0\0\xff\0x y\0open", 20 }, text;
	assert_true(strings_next(&rest, &text));
	assert_true(str_eq(text, STR("www-data")));
	assert_true(strings_next(&rest, &text));
	assert_true(str_eq(text, STR("x y")));
	assert_false(strings_next(&rest, &text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_stand_in_strings),
		cmocka_unit_test(what_is_filled_in_is_cut_off),
		cmocka_unit_test(what_is_no_path_is_none),
		cmocka_unit_test(strings_are_what_a_nul_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
