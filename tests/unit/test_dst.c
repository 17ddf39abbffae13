#include "test.h"

#include "loader/dst.h"

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

static const struct dst all = { .origin = "/o", .lib = "lib64", .platform = "x86_64" };

static void tokens_take_their_values(void **state)
{
	static const char *const table[][2] = {
		{ "/plain/path", "/plain/path" },
		{ "$ORIGIN", "/o" },
		{ "${ORIGIN}/../$LIB", "/o/../lib64" },
		{ "$ORIGIN/$PLATFORM/${LIB}", "/o/x86_64/lib64" },
		{ "/a/$LIB-x/b", "/a/lib64-x/b" },
		{ "$ORIGIN$LIB", "/olib64" },
		{ "", "" },
	};
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		assert_string_equal(dst_expand(*state, str_from(table[i][0]), &all), table[i][1]);
}

static void the_longest_name_counts(void **state)
{
	static const char *const literal[] = { "$ORIGINAL", "$ORIGIN_x", "$LIB64", "$PLATFORM1",
		"${ORIGIN", "${ORIGIN/x", "${ORIGINAL}", "$OTHER", "$", "a$", "$$", "${}",
		"{ORIGIN}", "$origin" };
	for (size_t i = 0; i < sizeof(literal) / sizeof(*literal); i++) {
		assert_string_equal(dst_expand(*state, str_from(literal[i]), &all), literal[i]);
		assert_false(dst_has_token(str_from(literal[i])));
	}
	assert_true(dst_has_token(STR("/a/$LIB")));
	assert_string_equal(dst_expand(*state, STR("$$ORIGIN"), &all), "$/o");
}

static void a_token_without_a_value_drops_the_element(void **state)
{
	const struct dst none = { .lib = "lib" };
	assert_null(dst_expand(*state, STR("/x/$ORIGIN"), &none));
	assert_null(dst_expand(*state, STR("$LIB/$PLATFORM"), &none));
	assert_string_equal(dst_expand(*state, STR("/x/$LIB"), &none), "/x/lib");
}

static void secure_origin_is_the_whole_first_component(void **state)
{
	struct dst dst = all;
	dst.secure = true;
	static const char *const voided[] = { "/x/$ORIGIN", "$ORIGINx$ORIGIN", "$ORIGIN-x",
		"$LIB/$ORIGIN", "$ORIGIN$LIB", "$ORIGIN/a/$ORIGIN" };
	for (size_t i = 0; i < sizeof(voided) / sizeof(*voided); i++)
		assert_null(dst_expand(*state, str_from(voided[i]), &dst));
	assert_string_equal(dst_expand(*state, STR("$ORIGIN"), &dst), "/o");
	assert_string_equal(dst_expand(*state, STR("${ORIGIN}/a"), &dst), "/o/a");
	assert_string_equal(dst_expand(*state, STR("/opt/$LIB"), &dst), "/opt/lib64");
}

static void secure_origin_leads_into_trusted_folders(void **state)
{
	static const char *const trusted[] = { "/lib64/", "/usr/lib64/", NULL };
	struct dst dst = {
		.origin = "/usr/bin", .lib = "lib64", .secure = true, .trusted = trusted
	};
	assert_string_equal(dst_expand(*state, STR("$ORIGIN/../lib64"), &dst), "/usr/bin/../lib64");
	assert_string_equal(dst_expand(*state, STR("$ORIGIN/.././/lib64/deep/"), &dst),
		"/usr/bin/.././/lib64/deep/");
	assert_null(dst_expand(*state, STR("$ORIGIN"), &dst));
	assert_null(dst_expand(*state, STR("$ORIGIN/../lib64x"), &dst));
	assert_null(dst_expand(*state, STR("$ORIGIN/../lib64/../../tmp"), &dst));
	assert_null(dst_expand(*state, STR("$ORIGIN/../../../../../tmp"), &dst));
	assert_string_equal(dst_expand(*state, STR("$ORIGIN/../../../../lib64"), &dst),
		"/usr/bin/../../../../lib64");
	assert_string_equal(dst_expand(*state, STR("/tmp"), &dst), "/tmp");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(tokens_take_their_values, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_longest_name_counts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_token_without_a_value_drops_the_element, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			secure_origin_is_the_whole_first_component, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			secure_origin_leads_into_trusted_folders, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
