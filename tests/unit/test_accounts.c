#include "test.h"

#include "plan/accounts.h"
#include "rules/accounts.h"
#include "rules/nss.h"

#include <string.h>

static const char passwd[] = "root:x:0:0:Charlie Root,Room 1:/root:/bin/bash\n"
			     "bin:x:2:2::/bin:/usr/sbin/nologin\n"
			     "www-data:x:33:33::/var/www:/usr/sbin/nologin\n"
			     "sshd:x:102:65534::/run/sshd:/usr/sbin/nologin\n"
			     "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
			     "alice:$6$hash:1000:1000:Alice:/home/alice:/bin/zsh\n";
static const char group[] = "root:x:0:\nbin:x:2:\nadm:x:4:alice,sshd\nwww-data:x:33:\n"
			    "shadow:x:42:\nnogroup:x:65534:\nalice:x:1000:\n";

static void root_and_nobody_are_known_and_nobody_else(void **state)
{
	struct accounts *a = accounts_new(*state, passwd, group);
	assert_string_equal(accounts_passwd(a),
		"root:x:0:0:root:/root:/bin/bash\n"
		"nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n");
	assert_string_equal(accounts_group(a), "root:x:0:\nnogroup:x:65534:\n");
	assert_string_equal(accounts_shadow(a), "root:*::0:99999:7:::\nnobody:*::0:99999:7:::\n");
	assert_string_equal(accounts_gshadow(a), "root:*::\nnogroup:*::\n");
}

static void without_old_files_the_two_are_made_up(void **state)
{
	struct accounts *a = accounts_new(*state, NULL, NULL);
	assert_string_equal(accounts_passwd(a),
		"root:x:0:0:root:/root:/bin/sh\n"
		"nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n");
	assert_string_equal(accounts_group(a), "root:x:0:\nnobody:x:65534:\n");
}

static void no_hash_and_no_comment_of_a_wanted_user_comes_along(void **state)
{
	struct accounts *a = accounts_new(*state, passwd, group);
	assert_true(accounts_want(a, "alice"));
	assert_false(accounts_want(a, "bob"));
	assert_non_null(
		strstr(accounts_passwd(a), "alice:x:1000:1000:alice:/home/alice:/bin/zsh\n"));
	assert_null(strstr(accounts_shadow(a), "hash"));
	assert_true(accounts_has_gid(a, 1000));
	assert_false(accounts_has_gid(a, 42));
}

static void members_are_those_who_are_known(void **state)
{
	struct accounts *a = accounts_new(*state, passwd, group);
	accounts_want(a, "adm");
	assert_non_null(strstr(accounts_group(a), "adm:x:4:\n"));
	accounts_want(a, "alice");
	assert_non_null(strstr(accounts_group(a), "adm:x:4:alice\n"));
}

#define TEXT(literal) ((struct str){ (literal), sizeof(literal) })

static void words_of_programs_are_users_of_the_system(void **state)
{
	struct accounts *a = accounts_new(*state, passwd, group);
	/* Neither people, nor a part of a word, nor a folder's name. */
	accounts_want_words(a, TEXT("alice\0www-data2\0xsshd\0/usr/bin\0"));
	assert_null(strstr(accounts_passwd(a), "alice"));
	assert_null(strstr(accounts_passwd(a), "www-data"));
	assert_null(strstr(accounts_passwd(a), "sshd"));
	assert_null(strstr(accounts_passwd(a), "bin:x:2"));
	accounts_want_words(a, TEXT("x\0www-data\0/run/sshd"));
	assert_non_null(strstr(accounts_passwd(a), "www-data:x:33:33:www-data:/var/www:"));
	assert_non_null(strstr(accounts_passwd(a), "sshd:x:102:65534:"));
	accounts_want_words(a, (struct str){ "bin", 3 }); /* cut off: no whole string */
	assert_null(strstr(accounts_passwd(a), "bin:x:2"));
}

static void configuration_names_users_in_lines_about_users(void **state)
{
	struct accounts *a = accounts_new(*state, passwd, group);
	accounts_want_configured(a, STR("serve www-data\n# user www-data\nuserland sshd2\n"));
	assert_null(strstr(accounts_passwd(a), "www-data"));
	assert_null(strstr(accounts_passwd(a), "sshd:"));
	accounts_want_configured(a, STR("run -u sshd"));
	assert_non_null(strstr(accounts_passwd(a), "sshd:"));
	accounts_want_configured(a, STR("user www-data;\n<user>sshd</user>"));
	assert_non_null(strstr(accounts_passwd(a), "www-data"));
	assert_non_null(strstr(accounts_passwd(a), "sshd"));
}

static void the_images_user_has_the_old_id_or_a_free_one(void **state)
{
	struct accounts *a = accounts_new(*state, passwd, group);
	accounts_add(a, &(struct mkr_user){ "alice", MKR_USER_ANY, MKR_USER_ANY });
	accounts_add(a, &(struct mkr_user){ "bob", MKR_USER_ANY, MKR_USER_ANY });
	accounts_add(a, &(struct mkr_user){ "eve", 7, 33 });
	accounts_add(a, &(struct mkr_user){ "sshd", 500, MKR_USER_ANY });
	assert_string_equal(accounts_passwd(a),
		"root:x:0:0:root:/root:/bin/bash\n"
		"eve:x:7:33:eve:/:/bin/sh\n"
		"sshd:x:500:65534:sshd:/run/sshd:/usr/sbin/nologin\n"
		"alice:x:1000:1000:alice:/home/alice:/bin/zsh\n"
		"bob:x:1001:1001:bob:/:/bin/sh\n"
		"nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n");
	assert_string_equal(accounts_group(a),
		"root:x:0:\nwww-data:x:33:\nalice:x:1000:\nbob:x:1001:\nnogroup:x:65534:\n");
}

static void lines_that_are_none_are_passed_over(void **state)
{
	static const char bad[] =
		"+::::::\n-x\n::0:0:::\nroot:x:0\nx:x:99999999999:0::/:/\n"
		"y:x:-1:0::/:/\nz:x:1:1::/:/:more\na b:x:1:1::/:/\n"
		"c:x:1:1::/\033[1m:/\nwww-data:x:33:33::/:/\nwww-data:x:0:0::/:/\n";
	struct accounts *a = accounts_new(*state, bad, "www-data:x:\n\n:::");
	accounts_want(a, "www-data");
	assert_string_equal(accounts_passwd(a),
		"root:x:0:0:root:/root:/bin/sh\n"
		"www-data:x:33:33:www-data:/:/\n"
		"nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n");
	for (const char *name = "+-xyzc"; *name; name++)
		assert_false(accounts_want(a, (char[]){ *name, '\0' }));
}

static void who_is_there_already_stays_and_the_others_follow(void **state)
{
	struct str all = accounts_merge(*state, STR("root:x:0:0::/r:/x\nme:x:9:9::/:/"),
		STR("root:x:0:0:::\nbob:x:1:1:::\n"));
	assert_string_equal(all.p, "root:x:0:0::/r:/x\nme:x:9:9::/:/\nbob:x:1:1:::\n");
	assert_int_equal(all.n, strlen(all.p));
	assert_string_equal(accounts_merge(*state, STR(""), STR("a:\n")).p, "a:\n");
	assert_string_equal(accounts_merge(*state, STR("a:\n"), STR("")).p, "a:\n");
}

static void modules_are_the_words_that_are_no_actions(void **state)
{
	static const char conf[] = "# hosts: nis\nhosts: files mdns4 [NOTFOUND=return] dns\n"
				   "passwd:\tfiles [ SUCCESS = merge ] systemd # sss\n"
				   "group: a/../b compat\nhosts\n:\n";
	const char *const *m = nss_modules(*state, str_from(conf), "hosts");
	assert_string_equal(m[0], "files");
	assert_string_equal(m[1], "mdns4");
	assert_string_equal(m[2], "dns");
	assert_null(m[3]);
	m = nss_modules(*state, str_from(conf), "passwd group");
	assert_string_equal(m[1], "systemd");
	assert_string_equal(m[2], "compat");
	assert_null(m[3]);
	assert_null(nss_modules(*state, STR(""), "hosts")[0]);
}

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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(root_and_nobody_are_known_and_nobody_else),
		TEST(without_old_files_the_two_are_made_up),
		TEST(no_hash_and_no_comment_of_a_wanted_user_comes_along),
		TEST(members_are_those_who_are_known),
		TEST(words_of_programs_are_users_of_the_system),
		TEST(configuration_names_users_in_lines_about_users),
		TEST(the_images_user_has_the_old_id_or_a_free_one),
		TEST(lines_that_are_none_are_passed_over),
		TEST(who_is_there_already_stays_and_the_others_follow),
		TEST(modules_are_the_words_that_are_no_actions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
