#include "test.h"

#include "base/arena.h"
#include "base/base64.h"
#include "base/escape.h"
#include "base/hex.h"
#include "base/read.h"
#include "base/str.h"
#include "base/time_text.h"
#include "base/uuid.h"

#include <mkroot/error.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void errors_read_from_the_outside_in(void **state)
{
	(void)state;
	struct mkr_error err;
	assert_int_equal(mkr_fail(&err, -EACCES, "open '%s'", "/x"), -EACCES);
	assert_string_equal(err.text, "open '/x': Permission denied");
	assert_int_equal(mkr_wrap(&err, -EACCES, "program '%s'", "/bin/x"), -EACCES);
	assert_string_equal(err.text, "program '/bin/x': open '/x': Permission denied");
	assert_int_equal(err.code, -EACCES);
}

static void errors_stay_on_one_line_whatever_the_name_holds(void **state)
{
	(void)state;
	struct mkr_error err;
	mkr_failx(&err, -EINVAL, "bad '%s'", "a\nb\x1b[31m\xff");
	assert_string_equal(err.text, "bad 'a\\nb\\x1b[31m\\xff'");
	mkr_wrap(&err, -EINVAL, "outer '%s'", "\t");
	assert_string_equal(err.text, "outer '\\t': bad 'a\\nb\\x1b[31m\\xff'");
	mkr_detail(&err, "hint", "see '%s'", "x\ny");
	assert_string_equal(err.detail, "hint: see 'x\\ny'\n");
}

static void errors_may_go_nowhere(void **state)
{
	(void)state;
	assert_int_equal(mkr_fail(NULL, -EIO, "x"), -EIO);
	assert_int_equal(mkr_wrap(NULL, -EIO, "x"), -EIO);
	mkr_detail(NULL, "hint", "x");
}

static void errors_that_are_too_long_are_cut_not_overrun(void **state)
{
	(void)state;
	struct mkr_error err;
	char name[3 * MKR_ERROR_TEXT];
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	mkr_failx(&err, -EIO, "%s", name);
	assert_int_equal(strlen(err.text), MKR_ERROR_TEXT - 1);
	mkr_wrap(&err, -EIO, "outer");
	assert_int_equal(strlen(err.text), MKR_ERROR_TEXT - 1);
	assert_memory_equal(err.text, "outer: xxx", 10);
	mkr_detail(&err, "hint", "%s", name);
	assert_string_equal(err.detail, "");
}

static void utf8_is_kept_and_everything_else_escaped(void **state)
{
	(void)state;
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "plain", "plain" },
		{ "h\xc3\xa9", "h\xc3\xa9" },
		{ "\xe2\x82\xac", "\xe2\x82\xac" },
		{ "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80" },
		{ "\xc0\xaf", "\\xc0\\xaf" }, /* overlong */
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" }, /* surrogate */
		{ "\xc2\x9b"
		  "31m",
			"\\xc2\\x9b31m" }, /* C1 CSI */
		{ "\xe2\x82", "\\xe2\\x82" }, /* cut off */
		{ "\x7f", "\\x7f" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char out[64];
		assert_true(escape_into(out, sizeof(out), rows[i].in));
		assert_string_equal(out, rows[i].out);
	}
	char small[4];
	assert_false(escape_into(small, sizeof(small), "abcd"));
	assert_string_equal(small, "abc");
	assert_false(escape_into(small, sizeof(small), "ab\xc3\xa9"));
	assert_string_equal(small, "ab");
}

static void split_gives_empty_parts_too(void **state)
{
	(void)state;
	struct str rest = STR(":a;;b:"), part;
	char joined[32] = "";
	while (str_split(&rest, ":;", &part))
		snprintf(joined + strlen(joined), sizeof(joined) - strlen(joined), "[%.*s]",
			(int)part.n, part.p);
	assert_string_equal(joined, "[][a][][b][]");
	rest = STR("");
	assert_true(str_split(&rest, ":", &part));
	assert_int_equal(part.n, 0);
	assert_false(str_split(&rest, ":", &part));
}

static void dir_and_base_of_a_path(void **state)
{
	(void)state;
	assert_true(str_eq(str_dir(STR("/a/b")), STR("/a")));
	assert_true(str_eq(str_dir(STR("/a")), STR("/")));
	assert_true(str_eq(str_dir(STR("a//b")), STR("a")));
	assert_true(str_eq(str_dir(STR("a")), STR("")));
	assert_true(str_eq(str_base(STR("/a/b")), STR("b")));
	assert_string_equal(base_name("a/b"), "b");
}

static void arena_memory_is_zeroed_and_aligned(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	for (size_t i = 1; i < 3000; i += 7) {
		arena_dup(a, "x");
		unsigned char *p = arena_alloc(a, i);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t j = 0; j < i; j++)
			assert_int_equal(p[j], 0);
		memset(p, 0xff, i);
	}
	char *big = arena_alloc(a, 1 << 20);
	big[(1 << 20) - 1] = 'x';
	assert_string_equal(arena_printf(a, "%s-%d", "n", 7), "n-7");
	assert_string_equal(arena_dup_str(a, STR("abc")), "abc");
	arena_free(a);
	arena_free(NULL);
}

/* Python's uuid.uuid5(uuid.NAMESPACE_URL, ...). */
static void a_uuid_is_made_of_a_name(void **state)
{
	char text[UUID_TEXT];
	struct uuid u;
	(void)state;
	uuid_begin(&u);
	uuid_add(&u, "http://www.", 11);
	uuid_add(&u, "example.com/", 12);
	uuid_end(&u, text);
	assert_string_equal(text, "fcde3c85-2270-590f-9e7c-ee003d65e0e2");
	uuid_begin(&u);
	uuid_end(&u, text);
	assert_string_equal(text, "1b4db7eb-4057-5ddf-91e0-36dec72071f5");
}

static void times_have_four_digits_for_the_year(void **state)
{
	char text[TIME_TEXT];
	(void)state;
	time_text(text, 1700000000);
	assert_string_equal(text, "2023-11-14T22:13:20Z");
	time_text(text, -5);
	assert_string_equal(text, "1970-01-01T00:00:00Z");
	time_text(text, INT64_MAX);
	assert_string_equal(text, "9999-12-31T23:59:59Z");
}

/* RFC 4648, section 10. */
static void base64_has_its_padding(void **state)
{
	static const char *const cases[][2] = { { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" },
		{ "foo", "Zm9v" }, { "foob", "Zm9vYg==" }, { "\xff\xfe\xfd", "//79" } };
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *text = base64_of(cases[i][0]);
		assert_string_equal(text, cases[i][1]);
		free(text);
	}
}

static void hex_has_two_digits_a_byte(void **state)
{
	char text[9];
	(void)state;
	hex_digits(text, "\x00\x9f\xa0\xff", 4);
	assert_string_equal(text, "009fa0ff");
	hex_digits(text, "", 0);
	assert_string_equal(text, "");
}

static void reading_ends_with_the_file(void **state)
{
	char path[] = "/tmp/mkroot-test-XXXXXX", text[8] = "";
	int fd = mkstemp(path);
	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(unlink(path) | !(write(fd, "abcdef", 6) == 6), 0);
	assert_int_equal(read_at(fd, text, 3, 2), 3);
	assert_string_equal(text, "cde");
	assert_int_equal(read_at(fd, text, 7, 4), 2);
	assert_int_equal(read_at(fd, text, 7, 99), 0);
	assert_int_equal(read_at(fd, text, 0, 0), 0);
	close(fd);
	assert_int_equal(read_at(fd, text, 7, 0), -EBADF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_read_from_the_outside_in),
		cmocka_unit_test(errors_stay_on_one_line_whatever_the_name_holds),
		cmocka_unit_test(errors_may_go_nowhere),
		cmocka_unit_test(errors_that_are_too_long_are_cut_not_overrun),
		cmocka_unit_test(utf8_is_kept_and_everything_else_escaped),
		cmocka_unit_test(split_gives_empty_parts_too),
		cmocka_unit_test(dir_and_base_of_a_path),
		cmocka_unit_test(arena_memory_is_zeroed_and_aligned),
		cmocka_unit_test(a_uuid_is_made_of_a_name),
		cmocka_unit_test(times_have_four_digits_for_the_year),
		cmocka_unit_test(base64_has_its_padding),
		cmocka_unit_test(hex_has_two_digits_a_byte),
		cmocka_unit_test(reading_ends_with_the_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
