#include "test.h"

#include "rules/rules.h"

#include <errno.h>
#include <string.h>

static const char *const imports[] = { "getpwnam_r", "getpwuid", "localtime", "setlocale" };
static const struct mkr_elf_detail detail = { .imports = imports, .n_imports = 4 };
static const struct mkr_request needed[] = { { MKR_REQUEST_NEEDED, "libssl.so.3" },
	{ MKR_REQUEST_NEEDED, "libc.so.6" } };
static const struct mkr_elf elf = { .requests = needed, .n_requests = 2 };

static void words_of_a_row_hold_for_names_and_beginnings(void **state)
{
	(void)state;
	const struct subject s = { .path = "/usr/bin/x", .elf = &elf, .detail = &detail };
	assert_string_equal(subject_imports(&s, "getgrnam localtime"), "localtime");
	assert_string_equal(subject_imports(&s, "getpw*"), "getpwnam_r");
	assert_null(subject_imports(&s, "getpwnam"));
	assert_null(subject_imports(&s, "zz* a*"));
	assert_null(subject_imports(&s, ""));
	struct arena *a = arena_new();
	assert_string_equal(subject_needs(&s, a, "libcrypto libssl"), "libssl.so.3");
	assert_null(subject_needs(&s, a, "libss"));
	arena_free(a);
	assert_true(words_match("perl python3*", "python3.11"));
	assert_false(words_match("perl python3*", "perl5"));
}

static struct rules *rules_with(const char *words)
{
	const char *const with[] = { words, NULL };
	struct rules *r = NULL;
	static struct mkr_root *root;
	if (!root)
		assert_int_equal(mkr_root_open(&root, "/", NULL), 0);
	struct mkr_error err;
	int code = rules_new(&r, root, &(struct rules_opts){ .with = with }, &err);
	assert_true(code == 0 || code == -EINVAL);
	return code == 0 ? r : NULL;
}

static void sets_are_on_by_name_and_by_auto(void **state)
{
	(void)state;
	struct rules *r = rules_with("auto");
	assert_true(rules_on(r, "sh") && rules_on(r, "dlopen"));
	assert_null(rules_next(r));
	rules_free(r);
	r = rules_with("none");
	assert_false(rules_on(r, "sh"));
	rules_free(r);
	r = rules_with(" dlopen , sh");
	assert_true(rules_on(r, "sh") && rules_on(r, "dlopen"));
	/* What is named comes without being asked for. */
	const struct asked *a = rules_next(r);
	assert_string_equal(a->ask.what, "/bin/sh");
	assert_string_equal(a->because, "asked for by --with");
	rules_free(r);
	assert_null(rules_with("auto,shell"));
}

static void a_row_asks_once_and_says_who(void **state)
{
	(void)state;
	static const char *const calls[] = { "popen", "system" };
	const struct mkr_elf_detail d = { .imports = calls, .n_imports = 2 };
	struct subject s = {
		.path = "/usr/bin/awk", .asked = "/usr/bin/awk", .elf = &elf, .detail = &d
	};
	struct rules *r = rules_with("auto");
	assert_int_equal(rules_look(r, &s, NULL), 0);
	s.path = "/usr/bin/make";
	assert_int_equal(rules_look(r, &s, NULL), 0);
	const struct asked *a = rules_next(r);
	while (a && strcmp(a->set, "sh") != 0)
		a = rules_next(r);
	assert_string_equal(a->ask.what, "/bin/sh");
	assert_string_equal(a->because, "/usr/bin/awk calls system");
	while ((a = rules_next(r)))
		assert_string_not_equal(a->ask.what, "/bin/sh");
	rules_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_of_a_row_hold_for_names_and_beginnings),
		cmocka_unit_test(sets_are_on_by_name_and_by_auto),
		cmocka_unit_test(a_row_asks_once_and_says_who),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
