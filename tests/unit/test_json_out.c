#include "test.h"

#include "base/json_out.h"

#include <stdlib.h>
#include <string.h>

/* What `write` puts between the braces of a document. */
static void expect(void (*write)(struct json *j), const char *expected)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	assert_non_null(out);
	struct json j;
	emit_begin(&j, out);
	write(&j);
	emit_finish(&j);
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
}

static void write_nothing(struct json *j)
{
	(void)j;
}

static void write_nested(struct json *j)
{
	emit_text(j, "schema", "x/1");
	emit_array(j, "list");
	emit_number(j, NULL, 0);
	emit_number(j, NULL, UINT64_MAX);
	emit_signed(j, NULL, INT64_MIN);
	emit_object(j, NULL);
	emit_bool(j, "yes", true);
	emit_null(j, "none");
	emit_end(j);
	emit_array(j, NULL);
	emit_end(j);
	emit_end(j);
	emit_bool(j, "last", false);
}

static void members_stand_in_the_order_they_were_written(void **state)
{
	(void)state;
	expect(write_nothing, "{}\n");
	expect(write_nested,
		"{\n"
		"  \"schema\": \"x/1\",\n"
		"  \"list\": [\n"
		"    0,\n"
		"    18446744073709551615,\n"
		"    -9223372036854775808,\n"
		"    {\n"
		"      \"yes\": true,\n"
		"      \"none\": null\n"
		"    },\n"
		"    []\n"
		"  ],\n"
		"  \"last\": false\n"
		"}\n");
}

static void write_strings(struct json *j)
{
	emit_text(j, "quoted\"", "a\"b\\c\n\t\x01\x7f");
	emit_bytes(j, "path", "/usr/\xc3\xa4");
	emit_bytes(j, "bad",
		"a\xff"
		"b");
	emit_bytes(j, "one", "\xff");
	emit_bytes(j, "two", "\xff\xfe");
	emit_bytes(j, "none", NULL);
}

static void bytes_that_are_no_utf8_are_written_twice(void **state)
{
	(void)state;
	expect(write_strings,
		"{\n"
		"  \"quoted\\\"\": \"a\\\"b\\\\c\\n\\t\\u0001\\u007f\",\n"
		"  \"path\": \"/usr/\xc3\xa4\",\n"
		"  \"bad\": \"a\\ufffdb\",\n"
		"  \"bad_b64\": \"Yf9i\",\n"
		"  \"one\": \"\\ufffd\",\n"
		"  \"one_b64\": \"/w==\",\n"
		"  \"two\": \"\\ufffd\\ufffd\",\n"
		"  \"two_b64\": \"//4=\",\n"
		"  \"none\": null\n"
		"}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_stand_in_the_order_they_were_written),
		cmocka_unit_test(bytes_that_are_no_utf8_are_written_twice),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
