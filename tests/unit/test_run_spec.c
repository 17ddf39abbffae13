#include "test.h"

#include "run/spec.h"
#include "run/subid.h"

#include <errno.h>

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

static void paths_are_cleaned_as_docker_does_it(void **state)
{
	struct arena *a = *state;
	static const char *const good[][2] = { { "/a", "a" }, { "//a/./b/", "a/b" },
		{ "/a/../b", "b" }, { "/../../a", "a" }, { "/", "" }, { "/a/b/..", "a" },
		{ "/a..", "a.." } };
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_string_equal(path_clean(a, good[i][0]), good[i][1]);
	assert_null(path_clean(a, "a"));
	assert_null(path_clean(a, ""));
}

static void a_volume_has_two_or_three_parts(void **state)
{
	struct arena *a = *state;
	struct volume_spec v;
	assert_int_equal(volume_parse(&v, a, "/a b:/c/../d:ro", NULL), 0);
	assert_string_equal(v.source, "/a b");
	assert_string_equal(v.target, "d");
	assert_true(v.read_only);
	assert_int_equal(volume_parse(&v, a, ".:/x", NULL), 0);
	assert_string_equal(v.source, ".");
	assert_false(v.read_only);
	static const char *const bad[] = { "", ":", "::", "/a", "/a:", ":/a", "/a:b", "/a:/",
		"a:/b", "/a:/b:", "/a:/b:rw,ro", "/a:/b:ro:", "/a:/proc" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(volume_parse(&v, a, bad[i], NULL), -EINVAL);
}

static void a_tmpfs_takes_known_options_only(void **state)
{
	struct arena *a = *state;
	struct tmpfs_spec t;
	assert_int_equal(tmpfs_parse(&t, a, "/x", NULL), 0);
	assert_string_equal(t.options, "mode=1777");
	assert_int_equal(tmpfs_parse(&t, a, "/x:size=2k,mode=0700,ro,exec", NULL), 0);
	assert_string_equal(t.options, "mode=1777,size=2048,mode=0700");
	assert_true(t.read_only && t.exec);
	static const char *const bad[] = { "/x:uid=0", "/x:size=", "/x:size=-1",
		"/x:mode=", "/x:mode=17777", "/x:", "/x:ro,", "/" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(tmpfs_parse(&t, a, bad[i], NULL), -EINVAL);
}

static void a_device_has_rights_that_may_stand_alone(void **state)
{
	struct arena *a = *state;
	struct device_spec d;
	assert_int_equal(device_parse(&d, a, "/dev/x", NULL), 0);
	assert_string_equal(d.target, "dev/x");
	assert_string_equal(d.rights, "rwm");
	assert_int_equal(device_parse(&d, a, "/dev/x:r", NULL), 0);
	assert_string_equal(d.target, "dev/x");
	assert_string_equal(d.rights, "r");
	assert_int_equal(device_parse(&d, a, "/dev/x:/dev/y:mr", NULL), 0);
	assert_string_equal(d.target, "dev/y");
	assert_string_equal(d.rights, "rm");
	static const char *const bad[] = { "", "x", "/dev/x:", "/dev/x:q",
		"/dev/x:/y:", "/dev/x:rr", "/dev/x:/y:rwmx", "/dev/x:/y:r:" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(device_parse(&d, a, bad[i], NULL), -EINVAL);
}

static void sizes_do_not_overflow(void **state)
{
	(void)state;
	uint64_t n;
	assert_int_equal(size_parse(&n, "7"), 0);
	assert_int_equal(n, 7);
	assert_int_equal(size_parse(&n, "3K"), 0);
	assert_int_equal(n, 3072);
	assert_int_equal(size_parse(&n, "8388607t"), 0);
	static const char *const bad[] = { "", "0", "-1", " 1", "1 ", "k", "1kk", "8388608t",
		"99999999999999999999" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(size_parse(&n, bad[i]), -EINVAL);
}

static const char subuid[] = "# a comment\nann:100000:65536\nbob:165536\n\nann:900000:100000\n"
			     "1001:300000:10\nbad:x:1\neve:4294967290:100\nbob:524288:70000";

static void the_largest_range_of_a_user_is_taken(void **state)
{
	(void)state;
	struct subid s;
	assert_true(subid_find(str_from(subuid), "ann", 1000, &s));
	assert_int_equal(s.first, 900000);
	assert_true(subid_find(str_from(subuid), NULL, 1001, &s));
	assert_int_equal(s.first, 300000);
	assert_int_equal(s.count, 10);
	assert_true(subid_find(str_from(subuid), "bob", 5, &s));
	assert_int_equal(s.first, 524288);
	assert_false(subid_find(str_from(subuid), "eve", 6, &s));
	assert_false(subid_find(str_from(subuid), "bad", 6, &s));
	assert_false(subid_find((struct str){ 0 }, "ann", 6, &s));
}

static void free_ids_are_nobodys(void **state)
{
	(void)state;
	struct subid s;
	assert_true(subid_free((struct str){ 0 }, (struct str){ 0 }, 3, &s));
	assert_int_equal(s.first, 524288 + 3 * 65536);
	assert_true(subid_free(str_from(subuid), (struct str){ 0 }, 0, &s));
	assert_int_equal(s.first, 524288 + 2 * 65536); /* the first two are bob's */
	assert_true(subid_free(STR("a:0:1879048192"), (struct str){ 0 }, 9, &s) == false);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(paths_are_cleaned_as_docker_does_it),
		TEST(a_volume_has_two_or_three_parts),
		TEST(a_tmpfs_takes_known_options_only),
		TEST(a_device_has_rights_that_may_stand_alone),
		TEST(sizes_do_not_overflow),
		TEST(the_largest_range_of_a_user_is_taken),
		TEST(free_ids_are_nobodys),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
