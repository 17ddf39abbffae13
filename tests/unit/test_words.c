#include "test.h"

#include "cli/user.h"
#include "cli/words.h"

#include <errno.h>

static int start(void **state)
{
	*state = arena_new();
	return 0;
}

static int stop(void **state)
{
	arena_free(*state);
	return 0;
}

/* The words with "|" between them, or what is wrong. */
static const char *split(struct arena *a, const char *text)
{
	const char *const *words;
	struct mkr_error err;
	if (words_split(&words, a, text, &err) < 0)
		return "wrong";
	const char *joined = words[0];
	for (size_t i = 1; words[i]; i++)
		joined = arena_printf(a, "%s|%s", joined, words[i]);
	return joined;
}

static void a_command_is_taken_apart_as_by_a_shell(void **state)
{
	struct arena *a = *state;
	static const char *const cases[][2] = {
		{ "ls", "ls" },
		{ "  ls \t -l\n/ ", "ls|-l|/" },
		{ "sh -c 'echo \"a b\" \\n'", "sh|-c|echo \"a b\" \\n" },
		{ "echo \"a \\\"b\\\" \\n $x\"", "echo|a \"b\" \\n $x" },
		{ "echo a\\ b '' \"\"c", "echo|a b||c" },
		{ "[\"echo\", \"a b\"]", "echo|a b" },
		{ "[\"echo\", 1]", "wrong" },
		{ "[", "wrong" },
		{ "[]", "wrong" },
		{ "echo 'a", "wrong" },
		{ "echo \"a\\\"", "wrong" },
		{ " ", "wrong" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(split(a, cases[i][0]), cases[i][1]);
}

static void a_user_is_a_name_with_ids_or_ids(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *name; /* NULL: refused */
		uint32_t uid, gid;
		size_t n;
	} cases[] = {
		{ "web", "web", MKR_USER_ANY, MKR_USER_ANY, 1 },
		{ "web:33", "web", 33, MKR_USER_ANY, 1 },
		{ "web:33:34", "web", 33, 34, 1 },
		{ "1000", "", MKR_USER_ANY, MKR_USER_ANY, 0 },
		{ "1000:100", "", MKR_USER_ANY, MKR_USER_ANY, 0 },
		{ "a b", NULL, 0, 0, 0 },
		{ "web:x", NULL, 0, 0, 0 },
		{ "web:1:2:3", NULL, 0, 0, 0 },
		{ "-web", NULL, 0, 0, 0 },
		{ "web\n", NULL, 0, 0, 0 },
		{ "web:4294967295", NULL, 0, 0, 0 },
		{ "a123456789012345678901234567890123", NULL, 0, 0, 0 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct mkr_user u;
		size_t n;
		int r = user_from_words(&u, cases[i].text, &n, NULL);
		assert_int_equal(r, cases[i].name ? 0 : -EINVAL);
		if (r < 0)
			continue;
		assert_int_equal(n, cases[i].n);
		if (n == 0)
			continue;
		assert_string_equal(u.name, cases[i].name);
		assert_int_equal(u.uid, cases[i].uid);
		assert_int_equal(u.gid, cases[i].gid);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_command_is_taken_apart_as_by_a_shell),
		cmocka_unit_test(a_user_is_a_name_with_ids_or_ids),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
