#include "test.h"

#include "os/root.h"
#include "os/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct tree {
	char dir[64];
	int fd;
	struct mkr_root *root;
};

static void put(int fd, const char *path, const char *text)
{
	int file = openat(fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(file >= 0);
	assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
	close(file);
}

/* root/ is the root; the file beside it must never be reached. */
static int set_up(void **state)
{
	static struct tree t;
	strcpy(t.dir, "/tmp/mkroot-test-root-XXXXXX");
	if (!mkdtemp(t.dir))
		return -1;
	int top = open(t.dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	mkdirat(top, "root", 0755);
	put(top, "secret", "host");
	t.fd = openat(top, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	close(top);
	mkdirat(t.fd, "usr", 0755);
	mkdirat(t.fd, "usr/bin", 0755);
	mkdirat(t.fd, "etc", 0755);
	put(t.fd, "usr/bin/sh", "shell");
	put(t.fd, "secret", "inside");
	symlinkat("usr/bin", t.fd, "bin");
	symlinkat("/usr/bin/sh", t.fd, "etc/abs");
	symlinkat("../../../../secret", t.fd, "etc/up");
	symlinkat("loop", t.fd, "loop");
	symlinkat("gone", t.fd, "dangling");
	symlinkat("usr/bin/sh", t.fd, "file");
	mkfifoat(t.fd, "fifo", 0644);
	char path[80];
	snprintf(path, sizeof(path), "%s/root", t.dir);
	*state = &t;
	return mkr_root_open(&t.root, path, NULL);
}

static int tear_down(void **state)
{
	struct tree *t = *state;
	mkr_root_free(t->root);
	close(t->fd);
	char cmd[128];
	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", t->dir);
	return system(cmd);
}

static const struct {
	const char *path;
	int flags;
	int code;
	const char *holds;
} opens[] = {
	{ "/usr/bin/sh", O_RDONLY, 0, "shell" },
	{ "usr/bin/sh", O_RDONLY, 0, "shell" },
	{ "//bin//sh", O_RDONLY, 0, "shell" },
	{ "/bin/../bin/./sh", O_RDONLY, 0, "inside, not yet" },
	{ "/etc/abs", O_RDONLY, 0, "shell" },
	{ "/etc/up", O_RDONLY, 0, "inside" },
	{ "/../../secret", O_RDONLY, 0, "inside" },
	{ "/loop", O_RDONLY, -ELOOP, NULL },
	{ "/dangling", O_RDONLY, -ENOENT, NULL },
	{ "/file/", O_RDONLY, -ENOTDIR, NULL },
	{ "/file/x", O_RDONLY, -ENOTDIR, NULL },
	{ "/bin/", O_RDONLY | O_DIRECTORY, 0, NULL },
	{ "/", O_RDONLY | O_DIRECTORY, 0, NULL },
	{ "", O_RDONLY, -ENOENT, NULL },
	{ "/bin", O_RDONLY | O_NOFOLLOW, -ELOOP, NULL },
	{ "/bin", O_PATH | O_NOFOLLOW, 0, NULL },
	{ "/usr/bin/sh", O_PATH | O_DIRECTORY, -ENOTDIR, NULL },
	{ "/nothing/x", O_RDONLY, -ENOENT, NULL },
};

/* openat2(2) is the judge of the walk: both must say the same of every path. */
static void the_walk_resolves_as_the_kernel_does(void **state)
{
	struct tree *t = *state;
	for (size_t i = 0; i < sizeof(opens) / sizeof(*opens); i++) {
		int kernel = root_open(t->root, opens[i].path, opens[i].flags);
		int walk = root_open_by_walk(t->root, opens[i].path, opens[i].flags);
		if ((kernel < 0 || walk < 0) && kernel != walk)
			fail_msg("'%s': openat2 %d, walk %d", opens[i].path, kernel, walk);
		if (kernel < 0)
			continue;
		struct stat a, b;
		assert_int_equal(fstat(kernel, &a), 0);
		assert_int_equal(fstat(walk, &b), 0);
		assert_int_equal(a.st_ino, b.st_ino);
		close(kernel);
		close(walk);
	}
}

static void nothing_leads_out_of_the_root(void **state)
{
	struct tree *t = *state;
	static const char *const paths[] = { "/etc/up", "../../secret", "/etc/../../../secret" };
	for (size_t i = 0; i < 3; i++) {
		char text[16] = "";
		int fd = root_open_by_walk(t->root, paths[i], O_RDONLY);
		assert_true(fd >= 0);
		assert_int_equal(read(fd, text, sizeof(text) - 1), 6);
		assert_string_equal(text, "inside");
		close(fd);
	}
}

static int note(void *ctx, const struct mkr_step *step, struct mkr_error *err)
{
	(void)err;
	char *text = ctx;
	size_t n = strlen(text);
	snprintf(text + n, 256 - n, "%s%s%s;", step->path, step->target ? ">" : "",
		step->target ? step->target : "");
	return 0;
}

static void the_walk_tells_all_that_it_crosses(void **state)
{
	struct tree *t = *state;
	static const struct {
		const char *path, *told;
		bool follow;
		int code;
	} rows[] = {
		{ "/bin/sh", "bin>usr/bin;usr;usr/bin;usr/bin/sh;", true, 0 },
		{ "etc/abs", "etc;etc/abs>/usr/bin/sh;usr;usr/bin;usr/bin/sh;", true, 0 },
		{ "etc/abs", "etc;etc/abs>/usr/bin/sh;", false, 0 },
		{ "etc/up", "etc;etc/up>../../../../secret;secret;", true, 0 },
		{ "bin/", "bin>usr/bin;usr;usr/bin;", false, 0 },
		{ "dangling", "dangling>gone;", true, -ENOENT },
		{ "/", "", true, 0 },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char told[256] = "";
		struct mkr_error err;
		assert_int_equal(
			mkr_root_walk(t->root, rows[i].path, rows[i].follow, note, told, &err),
			rows[i].code);
		assert_string_equal(told, rows[i].told);
	}
}

static void only_regular_files_are_opened_for_reading(void **state)
{
	struct tree *t = *state;
	struct mkr_error err;
	struct stat st;
	assert_int_equal(mkr_root_open_file(t->root, "/fifo", &st, &err), -EINVAL);
	assert_string_equal(err.text, "'/fifo' is not a regular file");
	assert_int_equal(mkr_root_open_file(t->root, "/usr", &st, &err), -EISDIR);
	assert_string_equal(err.text, "'/usr' is a directory");
	assert_int_equal(mkr_root_open_file(t->root, "/gone", &st, &err), -ENOENT);
	assert_string_equal(err.text, "cannot open '/gone': No such file or directory");
	int fd = mkr_root_open_file(t->root, "/file", &st, &err);
	assert_true(fd >= 0);
	assert_int_equal(st.st_size, 5);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_walk_resolves_as_the_kernel_does),
		cmocka_unit_test(nothing_leads_out_of_the_root),
		cmocka_unit_test(the_walk_tells_all_that_it_crosses),
		cmocka_unit_test(only_regular_files_are_opened_for_reading),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
