/* /etc/ld.so.conf as ldconfig's parse_conf() reads it (glibc elf/ldconfig.c). */
#include "test.h"

#include "loader/ldconf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct place_of_test {
	char dir[64];
	int fd;
	struct mkr_root *root;
	struct registry reg;
};

static int set_up(void **state)
{
	static struct place_of_test t;
	memset(&t, 0, sizeof(t));
	strcpy(t.dir, "/tmp/mkroot-test-conf-XXXXXX");
	if (!mkdtemp(t.dir) || mkr_root_open(&t.root, t.dir, NULL) < 0)
		return -1;
	t.fd = open(t.dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	mkdirat(t.fd, "etc", 0755);
	mkdirat(t.fd, "etc/ld.so.conf.d", 0755);
	registry_init(&t.reg, t.root);
	*state = &t;
	return 0;
}

static int tear_down(void **state)
{
	struct place_of_test *t = *state;
	char command[128];
	registry_done(&t->reg);
	mkr_root_free(t->root);
	close(t->fd);
	snprintf(command, sizeof(command), "rm -rf '%s'", t->dir);
	return system(command);
}

static void put_bytes(void **state, const char *path, const char *text, size_t n)
{
	struct place_of_test *t = *state;
	int fd = openat(t->fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, n), (ssize_t)n);
	close(fd);
}

static void put(void **state, const char *path, const char *text)
{
	put_bytes(state, path, text, strlen(text));
}

/* The folders as one line, "" for none; "no file" when there is no ld.so.conf. */
static const char *dirs(void **state, unsigned version)
{
	struct place_of_test *t = *state;
	const char *const *list = ldconf_read(&t->reg, "/etc/ld.so.conf", version);
	const char *line = "";
	if (!list)
		return "no file";
	for (size_t i = 0; list[i]; i++)
		line = arena_printf(t->reg.arena, "%s%s%s", line, *line ? " " : "", list[i]);
	return line;
}

static void folders_come_in_order_and_once(void **state)
{
	assert_string_equal(dirs(state, 241), "no file");
	put(state, "etc/ld.so.conf", "");
	assert_string_equal(dirs(state, 241), "");
	put(state, "etc/ld.so.conf", "/b\n/a///\n \t/c d \r\n/b/\n\n/last");
	assert_string_equal(dirs(state, 241), "/b /a /c d /last");
}

static void comments_hwcap_lines_and_odd_folders_fall_away(void **state)
{
	put(state, "etc/ld.so.conf",
		"# a comment\n/a # another\n#/b\nhwcap 0 nosegneg\nHWCAP\t1 x\nhwcap\n/\n///\n"
		"relative/dir\ninclude\nincluded/x\n/d\v\n");
	assert_string_equal(dirs(state, 241), "/a /d");
	/* What is behind a NUL does not exist. */
	put_bytes(state, "etc/ld.so.conf", "/a\0b\n\0/x\n/c\n", 13);
	assert_string_equal(dirs(state, 241), "/a /c");
}

static void a_kind_of_library_could_be_named_up_to_2_36(void **state)
{
	put(state, "etc/ld.so.conf", "/a=libc6\n/b/ =glibc2\n/c=odd\n");
	assert_string_equal(dirs(state, 236), "/a /b /c");
	assert_string_equal(dirs(state, 237), "/a=libc6 /b/ =glibc2 /c=odd");
}

static void includes_stand_where_they_are_said(void **state)
{
	put(state, "etc/ld.so.conf",
		"/first\ninclude ld.so.conf.d/*.conf\t /etc/one.conf  gone.conf\n/last\n");
	put(state, "etc/ld.so.conf.d/b.conf", "/b\n");
	put(state, "etc/ld.so.conf.d/a.conf", "/a\n/b\n");
	put(state, "etc/ld.so.conf.d/B.conf", "include extra\n");
	put(state, "etc/ld.so.conf.d/extra", "/extra\n");
	put(state, "etc/ld.so.conf.d/.hidden.conf", "/hidden\n");
	put(state, "etc/ld.so.conf.d/c.conf.bak", "/bak\n");
	put(state, "etc/one.conf", "/one\n");
	assert_string_equal(dirs(state, 241), "/first /extra /a /b /one /last");
}

static void a_glob_may_stand_in_any_part(void **state)
{
	struct place_of_test *t = *state;
	mkdirat(t->fd, "etc/x1", 0755);
	mkdirat(t->fd, "etc/x2", 0755);
	put(state, "etc/ld.so.conf", "include x?/*.conf /etc/[y]2/a\\*.conf\n");
	put(state, "etc/x2/a.conf", "/x2\n");
	put(state, "etc/x1/z.conf", "/x1\n");
	mkdirat(t->fd, "etc/y2", 0755);
	put(state, "etc/y2/a*.conf", "/star\n");
	put(state, "etc/y2/ab.conf", "/ab\n");
	assert_string_equal(dirs(state, 241), "/x1 /x2 /star");
}

static void includes_in_a_circle_end(void **state)
{
	put(state, "etc/ld.so.conf", "include ld.so.conf ld.so.conf.d/*.conf\n/a\n");
	put(state, "etc/ld.so.conf.d/a.conf", "include *.conf ../ld.so.conf\n/b\n");
	put(state, "etc/ld.so.conf.d/b.conf", "include a.conf b.conf\n/c\n");
	assert_string_equal(dirs(state, 241), "/c /b /a");
}

static void links_stay_inside_and_no_pipe_is_waited_for(void **state)
{
	struct place_of_test *t = *state;
	put(state, "etc/ld.so.conf", "include ld.so.conf.d/*.conf\n");
	symlinkat("/etc/inside", t->fd, "etc/ld.so.conf.d/a.conf");
	put(state, "etc/inside", "/inside\n");
	symlinkat("../../../../../../../../etc/inside2", t->fd, "etc/ld.so.conf.d/b.conf");
	put(state, "etc/inside2", "/inside2\n");
	mkfifoat(t->fd, "etc/ld.so.conf.d/c.conf", 0644);
	symlinkat("d.conf", t->fd, "etc/ld.so.conf.d/d.conf");
	mkdirat(t->fd, "etc/ld.so.conf.d/e.conf", 0755);
	assert_string_equal(dirs(state, 241), "/inside /inside2");
}

static void a_file_without_end_is_given_up(void **state)
{
	struct place_of_test *t = *state;
	put(state, "etc/ld.so.conf", "/a\ninclude big\n/b\n");
	int fd = openat(t->fd, "etc/big", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	assert_int_equal(ftruncate(fd, (off_t)1 << 40), 0);
	close(fd);
	assert_string_equal(dirs(state, 241), "/a /b");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(folders_come_in_order_and_once),
		TEST(comments_hwcap_lines_and_odd_folders_fall_away),
		TEST(a_kind_of_library_could_be_named_up_to_2_36),
		TEST(includes_stand_where_they_are_said),
		TEST(a_glob_may_stand_in_any_part),
		TEST(includes_in_a_circle_end),
		TEST(links_stay_inside_and_no_pipe_is_waited_for),
		TEST(a_file_without_end_is_given_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
