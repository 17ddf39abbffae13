#include "test.h"

#include "base/arena.h"
#include "trace/keep_out.h"
#include "trace/seen.h"
#include "trace/syscalls.h"

#include <mkroot/trace.h>

#include <linux/audit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

static void a_path_is_joined_without_looking_it_up(void **state)
{
	(void)state;
	static const struct {
		const char *root, *base, *path, *joined;
		bool follow;
	} rows[] = {
		{ "", NULL, "/etc/passwd", "/etc/passwd", false },
		{ "", NULL, "//etc//./passwd", "/etc/passwd", false },
		{ "", NULL, "/", "/", true },
		{ "", NULL, "/etc/", "/etc", true },
		{ "", NULL, "/etc/.", "/etc", true },
		{ "", NULL, "/a/link/..", "/a/link/..", true },
		{ "", "/usr/lib", "x.so", "/usr/lib/x.so", false },
		{ "", "/usr/lib", "../x", "/usr/lib/../x", false },
		{ "", "/", "x", "/x", false },
		{ "", NULL, "/../../x", "/x", false },
		{ "/jail", NULL, "/etc/passwd", "/jail/etc/passwd", false },
		{ "/jail", NULL, "/../etc", "/jail/etc", false },
		{ "/jail", NULL, "/", "/jail", true },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char out[64];
		bool follow;
		assert_true(seen_join(
			out, sizeof(out), rows[i].root, rows[i].base, rows[i].path, &follow));
		assert_string_equal(out, rows[i].joined);
		assert_int_equal(follow, rows[i].follow);
	}
}

static void a_path_that_does_not_fit_is_refused(void **state)
{
	(void)state;
	char out[8];
	bool follow;
	assert_true(seen_join(out, sizeof(out), "", NULL, "/123456", &follow));
	assert_false(seen_join(out, sizeof(out), "", NULL, "/1234567", &follow));
	assert_false(seen_join(out, sizeof(out), "", "/1234", "567", &follow));
}

static void uses_of_one_path_by_one_asker_are_one(void **state)
{
	(void)state;
	struct seen_set set = { .arena = arena_new() };
	seen_add(&set, "/a", 0, SEEN_LINK);
	seen_add(&set, "/a", 0, SEEN_OPENED);
	seen_add(&set, "/a", 1, SEEN_LOOKED);
	assert_int_equal(HASH_COUNT(set.all), 2);
	assert_int_equal(set.all->how, SEEN_LINK | SEEN_OPENED);
	HASH_CLEAR(hh, set.all);
	arena_free(set.arena);
}

static void each_number_is_in_a_table_once(void **state)
{
	(void)state;
	size_t n;
	const struct call_arch *a = call_arches(&n);
	assert_true(n > 0);
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < a[i].n; k++) {
			const struct call *c = &a[i].calls[k];
			assert_ptr_equal(call_find(a[i].audit, c->nr), c);
			/* only a change names no path */
			assert_int_equal(c->path == CALL_NONE, c->what == CALL_CHANGE);
			assert_true(c->what == CALL_OPEN || c->what == CALL_OPENAT2 ? c->flags > 0
										    : true);
		}
	}
}

static void calls_without_a_path_are_not_known(void **state)
{
	(void)state;
	size_t n;
	const struct call_arch *a = call_arches(&n);
	assert_null(call_find(a[0].audit, SYS_read));
	assert_null(call_find(a[0].audit, SYS_sendmsg)); /* a filter's listener goes through it */
	assert_null(call_find(a[0].audit, SYS_close_range));
	assert_null(call_find(AUDIT_ARCH_S390X, SYS_openat));
}

#if defined(__x86_64__)
static void x32_has_the_numbers_of_x86_64(void **state)
{
	(void)state;
	assert_ptr_equal(call_find(AUDIT_ARCH_X86_64, SYS_openat | 0x40000000),
		call_find(AUDIT_ARCH_X86_64, SYS_openat));
	assert_null(call_find(AUDIT_ARCH_I386, 5 | 0x40000000));
	assert_int_equal(call_find(AUDIT_ARCH_I386, 5)->what, CALL_OPEN);
}
#else
static void x32_has_the_numbers_of_x86_64(void **state)
{
	(void)state; /* it is a kind of x86 */
}
#endif

static void names_decide_what_stays_here(void **state)
{
	(void)state;
	static const char *const homes[] = { "root", "home/u", NULL };
	static const struct {
		const char *path;
		bool folder;
		int why; /* -1: it may be taken */
	} rows[] = {
		{ "etc/passwd", false, -1 }, { "proc", true, -1 },
		{ "proc/self/exe", false, MKR_LEFT_SYSTEM },
		{ "sys/fs/cgroup", true, MKR_LEFT_SYSTEM }, { "dev/null", false, MKR_LEFT_SYSTEM },
		{ "development/x", false, -1 }, { "run", true, -1 }, { "run/sshd", true, -1 },
		{ "run/sshd.pid", false, MKR_LEFT_SYSTEM },
		{ "run/systemd/system", true, MKR_LEFT_SYSTEM },
		{ "etc/shadow", false, MKR_LEFT_SHADOW },
		{ "etc/gshadow-", false, MKR_LEFT_SHADOW }, { "etc/shadowy", false, -1 },
		{ "srv/app/.ssh", true, MKR_LEFT_SECRET },
		{ "srv/app/.netrc", false, MKR_LEFT_SECRET }, { "srv/.netrc.d", true, -1 },
		{ "etc/ssh/ssh_host_ed25519_key", false, MKR_LEFT_SECRET },
		{ "etc/ssh/ssh_host_ed25519_key.pub", false, -1 },
		{ "etc/ssl/private", true, MKR_LEFT_SECRET }, { "etc/ssl/certs", true, -1 },
		{ "srv/u/.config/gcloud", true, MKR_LEFT_SECRET }, { "usr/share/gcloud", true, -1 },
		{ "root", true, -1 }, { "root/.bashrc", false, MKR_LEFT_HOME },
		{ "rooted/x", false, -1 },
		{ "home/u/.ssh/x", false, MKR_LEFT_HOME }, /* .ssh itself was told before */
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		enum mkr_left why;
		bool out = keep_out(rows[i].path, rows[i].folder, homes, &why);
		int got = out ? (int)why : -1;
		if (got != rows[i].why)
			print_error("%s\n", rows[i].path);
		assert_int_equal(got, rows[i].why);
	}
	enum mkr_left why;
	assert_false(keep_out("root/.bashrc", false, NULL, &why));
}

static void expect_printed(const struct mkr_uses *u, const char *want)
{
	size_t n;
	char *text = mkr_uses_print(u, &n);
	assert_string_equal(text, want);
	assert_int_equal(n, strlen(want));
	free(text);
}

static void a_list_is_sorted_and_says_the_most_of_each_path(void **state)
{
	(void)state;
	struct mkr_uses *u = mkr_uses_new();
	mkr_uses_add(u, "/usr/bin/ls", MKR_USE_EXECUTED);
	mkr_uses_add(u, "/etc/passwd", MKR_USE_LOOKED);
	mkr_uses_add(u, "/etc/passwd", MKR_USE_OPENED);
	mkr_uses_add(u, "/etc/passwd", MKR_USE_LINK);
	mkr_uses_add(u, "/etc", MKR_USE_LINK);
	expect_printed(u, "mkroot trace 1\nlink /etc\nopened /etc/passwd\nexecuted /usr/bin/ls\n");
	mkr_uses_free(u);
}

static void any_name_survives_the_list(void **state)
{
	(void)state;
	char name[260] = "/";
	for (int c = 1; c < 256; c++)
		name[c] = (char)c;
	struct mkr_uses *u = mkr_uses_new(), *again = mkr_uses_new();
	mkr_uses_add(u, name, MKR_USE_OPENED);
	mkr_uses_add(u, "/grüße aus  x\\n \n", MKR_USE_LINK);
	mkr_uses_add(u, "/\xc2\x9b", MKR_USE_LINK);
	size_t n, m;
	char *text = mkr_uses_print(u, &n);
	for (size_t i = 0; i < n; i++)
		assert_true(text[i] == '\n' || (unsigned char)text[i] >= 0x20);
	assert_non_null(strstr(text, "link /grüße aus  x\\\\n \\n\n"));
	assert_non_null(strstr(text, "link /\\xc2\\x9b\n"));
	assert_int_equal(mkr_uses_parse(again, text, n, NULL), 0);
	char *text2 = mkr_uses_print(again, &m);
	assert_int_equal(n, m);
	assert_memory_equal(text, text2, n);
	assert_string_equal(mkr_uses_list(again, &n)[0].path, name);
	free(text);
	free(text2);
	mkr_uses_free(u);
	mkr_uses_free(again);
}

static void a_bad_list_is_refused_by_its_line(void **state)
{
	(void)state;
	static const char *const rows[][2] = {
		{ "", "line 1 is not 'mkroot trace 1'" },
		{ "mkroot trace 2\n", "line 1 is not 'mkroot trace 1'" },
		{ "mkroot trace 1\nopened /a\nread /b\n",
			"line 3 does not begin with link, looked, opened or executed" },
		{ "mkroot trace 1\nopened\n", "line 2 has no absolute path" },
		{ "mkroot trace 1\nopened a\n", "line 2 has no absolute path" },
		{ "mkroot trace 1\n\nopened /a\n",
			"line 2 does not begin with link, looked, opened or executed" },
		{ "mkroot trace 1\nopened /a\\q\n",
			"line 2 has a backslash that is not one of \\\\, \\n, \\t and \\xNN" },
		{ "mkroot trace 1\nopened /a\\x00\n",
			"line 2 has a backslash that is not one of \\\\, \\n, \\t and \\xNN" },
		{ "mkroot trace 1\nopened /a\tb\n", "line 2 has a control character" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct mkr_error err;
		struct mkr_uses *u = mkr_uses_new();
		size_t n;
		assert_int_equal(mkr_uses_parse(u, rows[i][0], strlen(rows[i][0]), &err), -22);
		assert_string_equal(err.text, rows[i][1]);
		mkr_uses_list(u, &n);
		assert_int_equal(n, 0);
		mkr_uses_free(u);
	}
}

static void an_empty_list_is_good(void **state)
{
	(void)state;
	struct mkr_uses *u = mkr_uses_new();
	assert_int_equal(mkr_uses_parse(u, "mkroot trace 1\n", 15, NULL), 0);
	assert_int_equal(mkr_uses_parse(u, "mkroot trace 1", 14, NULL), 0);
	expect_printed(u, "mkroot trace 1\n");
	mkr_uses_free(u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_is_joined_without_looking_it_up),
		cmocka_unit_test(a_path_that_does_not_fit_is_refused),
		cmocka_unit_test(uses_of_one_path_by_one_asker_are_one),
		cmocka_unit_test(each_number_is_in_a_table_once),
		cmocka_unit_test(calls_without_a_path_are_not_known),
		cmocka_unit_test(x32_has_the_numbers_of_x86_64),
		cmocka_unit_test(names_decide_what_stays_here),
		cmocka_unit_test(a_list_is_sorted_and_says_the_most_of_each_path),
		cmocka_unit_test(any_name_survives_the_list),
		cmocka_unit_test(a_bad_list_is_refused_by_its_line),
		cmocka_unit_test(an_empty_list_is_good),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
