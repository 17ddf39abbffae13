/* Looking for entries in a plan. */
#include "test.h"

#include <mkroot/plan.h>

#include <string.h>

static const struct mkr_entry entries[] = {
	{ .path = "a", .mode = S_IFDIR },
	{ .path = "a-b", .mode = S_IFREG },
	{ .path = "a/b", .mode = S_IFREG },
	{ .path = "a/b.c", .mode = S_IFREG, .target = "a/b" },
	{ .path = "ab", .mode = S_IFLNK, .target = "a/b" },
	{ .path = "z\xff", .mode = S_IFREG, .target = "gone" },
};
enum { N = sizeof(entries) / sizeof(*entries) };

static size_t at(const char *path)
{
	return mkr_entry_index(entries, N, path, strlen(path));
}

static void finds_each(void **state)
{
	(void)state;
	for (size_t i = 0; i < N; i++) {
		assert_int_equal(at(entries[i].path), i);
		assert_ptr_equal(mkr_entry_find(entries, N, entries[i].path), &entries[i]);
	}
}

static void finds_no_other(void **state)
{
	static const char *const no[] = { "", "a/", "a/b/", "a/b.", "a/bb", "z", "z\xff\xff", "A" };
	(void)state;
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++) {
		assert_int_equal(at(no[i]), N);
		assert_null(mkr_entry_find(entries, N, no[i]));
	}
	assert_int_equal(mkr_entry_index(entries, 0, "a", 1), 0);
	assert_null(mkr_entry_find(NULL, 0, "a"));
}

static void by_a_part_of_a_path(void **state)
{
	(void)state;
	assert_int_equal(mkr_entry_index(entries, N, entries[3].path, 3), 2); /* a/b */
	assert_int_equal(mkr_entry_index(entries, N, entries[3].path, 1), 0); /* a */
}

static void what_a_hard_link_is_of(void **state)
{
	(void)state;
	assert_int_equal(mkr_entry_first(entries, N, 2), 2);
	assert_int_equal(mkr_entry_first(entries, N, 3), 2);
	assert_int_equal(mkr_entry_first(entries, N, 4), 4); /* a symbolic link is itself */
	assert_int_equal(mkr_entry_first(entries, N, 5), N);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_each),
		cmocka_unit_test(finds_no_other),
		cmocka_unit_test(by_a_part_of_a_path),
		cmocka_unit_test(what_a_hard_link_is_of),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
