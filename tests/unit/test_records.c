/* What is recorded of packages, in parts. */
#include "test.h"

#include "plan/md5.h"
#include "plan/record_merge.h"
#include "plan/records.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int setup(void **state)
{
	*state = arena_new();
	return 0;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

static void paragraph(struct arena *a, struct str text, const char *expected)
{
	struct str out = record_paragraph(a, text);
	assert_string_equal(arena_dup_str(a, out), expected);
	assert_int_equal(out.n, strlen(expected));
}

static void a_paragraph_stays_as_it_is(void **state)
{
	const char *text = "Package: ed\nStatus: install ok installed\nSource: src (1:2-3)\n"
			   "Description: x\n more\n .\n end\nHomepage: y\n";
	paragraph(*state, str_from(text), text);
}

static void what_is_the_hosts_stays_out(void **state)
{
	paragraph(*state,
		STR("Package: ed\nStatus: hold ok installed\nConfig-Version: 1\nConffiles:\n "
		    "/etc/a "
		    "01\n /etc/b 02 obsolete\nTriggers-Pending: a\n b\nVersion: 1\n"),
		"Package: ed\nStatus: install ok installed\nVersion: 1\n");
}

static void a_missing_status_is_none(void **state)
{
	paragraph(*state, STR("Package: ed\nVersion: 1"), "Package: ed\nVersion: 1\n");
}

static void one_paragraph_comes_out_of_whatever_goes_in(void **state)
{
	paragraph(*state, STR("\n\nPackage: ed\n\nPackage: other\n"), "Package: ed\n");
	paragraph(*state, STR(" further\nPackage: ed\n \t \n\tx\n"), "Package: ed\n x\n");
	paragraph(*state, STR("Package: ed\nno field\n its line\n: x\nA: b\n"),
		"Package: ed\nA: b\n");
	paragraph(*state, STR("Package: ed\nA\0: b\nC: \0\nD: e\n"), "Package: ed\nD: e\n");
	paragraph(*state, STR("Status: a\nStatus: b\n"), "Status: install ok installed\n");
	paragraph(*state, STR("Status:"), "Status: install ok installed\n");
	paragraph(*state, STR(""), "");
}

/* What grows is summed as far as it was planned. */
static void sums_are_of_as_much_as_was_planned(void **state)
{
	char dir[] = "/tmp/records-XXXXXX", path[64];
	struct mkr_root *root;
	struct mkr_error err;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/file", dir);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs("abcdef", file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(mkr_root_open(&root, dir, &err), 0);
	struct mkr_entry e = { .path = "file", .from = root, .source = "/file", .size = 3 };
	struct md5_sum sum = { .entry = &e };
	assert_int_equal(md5_of_entries(&sum, 1, &err), 0);
	assert_string_equal(sum.digits, "900150983cd24fb0d6963f7d28e17f72"); /* RFC 1321, A.5 */
	e.size = 7;
	assert_int_equal(md5_of_entries(&sum, 1, &err), -ESTALE);
	mkr_root_free(root);
	unlink(path);
	rmdir(dir);
	(void)state;
}

static void names_are_one_part_of_a_path(void **state)
{
	static const char *const good[] = { "a", "libc6", "g++-12", "libstdc++6", "libfoo:i386",
		"Foo_bar~1", "x.y", "0ad" };
	static const char *const bad[] = { "", ".", "..", ".x", "-x", ":x", "a/b", "../x", "a b",
		"a\tb", "a\nb", "x.md5sums", "\xc3\xa4", "a\\b" };
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_true(record_is_name(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(record_is_name(bad[i]));
}

static void a_name_leaves_room_for_its_suffix(void **state)
{
	char name[256];
	(void)state;
	memset(name, 'a', sizeof(name));
	name[200] = '\0';
	assert_true(record_is_name(name));
	name[200] = 'a';
	name[201] = '\0';
	assert_false(record_is_name(name));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static void what_is_added_to_keeps_what_it_says(void **state)
{
#define SUM_A "0123456789abcdef0123456789abcdef"
#define SUM_B "fedcba9876543210fedcba9876543210"
	static const struct {
		const char *path, *there, *made, *merged;
	} rows[] = {
		{ "var/lib/dpkg/status.d/a.md5sums", SUM_A "  usr/x\n" SUM_A "  usr/y\n",
			SUM_B "  usr/y\n" SUM_B "  usr/z\n",
			SUM_A "  usr/x\n" SUM_B "  usr/y\n" SUM_B "  usr/z\n" },
		{ "var/lib/dpkg/status.d/a", "Package: a\n", "Package: a\nVersion: 2\n",
			"Package: a\nVersion: 2\n" },
		{ "var/lib/rpmmanifest/container-manifest-1", "a-1.x\nb-1.x", "b-1.x\nc-1.x\n",
			"a-1.x\nb-1.x\nc-1.x\n" },
		{ "lib/apk/db/installed", "P:a\nF:usr\n\n\nC:1\nP:b\n", "P:b\nF:x\n\nP:c\n\n",
			"P:a\nF:usr\n\nC:1\nP:b\n\nP:c\n\n" },
		{ "lib/apk/db/installed", "", "P:c\n\n", "P:c\n\n" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct str out = record_merge_text(
			*state, rows[i].path, str_from(rows[i].there), str_from(rows[i].made));
		assert_string_equal(arena_dup_str(*state, out), rows[i].merged);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_added_to_keeps_what_it_says),
		TEST(a_paragraph_stays_as_it_is),
		TEST(what_is_the_hosts_stays_out),
		TEST(a_missing_status_is_none),
		TEST(one_paragraph_comes_out_of_whatever_goes_in),
		TEST(sums_are_of_as_much_as_was_planned),
		TEST(names_are_one_part_of_a_path),
		TEST(a_name_leaves_room_for_its_suffix),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
