#include "test.h"

#include "tarball.h"

#include <mkroot/image.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <time.h>

/* DIR/in is unpacked into; DIR/out is beside it and must never change. */
struct place {
	char dir[64];
	int top, in;
	struct tarball tar;
	struct mkr_error err;
};

static int set_up(void **state)
{
	static struct place p;
	strcpy(p.dir, "/tmp/mkroot-test-image-XXXXXX");
	if (!mkdtemp(p.dir))
		return -1;
	p.top = open(p.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	mkdirat(p.top, "in", 0755);
	mkdirat(p.top, "out", 0755);
	p.in = openat(p.top, "in", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	tarball_open(&p.tar);
	*state = &p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;
	tarball_close(&p->tar);
	close(p->in);
	close(p->top);
	char cmd[256];
	snprintf(cmd, sizeof(cmd), "chmod -R u+rwx '%s'; rm -rf '%s'", p->dir, p->dir);
	return system(cmd);
}

static int unpack(struct place *p)
{
	struct mkr_image *img;
	tarball_end(&p->tar);
	int r = mkr_image_open(&img, p->tar.path, &p->err);
	if (r < 0)
		return r;
	assert_int_equal(mkr_image_dir(img), -1);
	r = mkr_image_unpack(img, p->in, MKR_OWNERS_CALLER, &p->err);
	mkr_image_free(img);
	/* Whatever was in the archive, nothing came out beside it. */
	struct stat st;
	assert_int_equal(fstatat(p->top, "out/x", &st, AT_SYMLINK_NOFOLLOW), -1);
	assert_int_equal(fstatat(p->top, "x", &st, AT_SYMLINK_NOFOLLOW), -1);
	return r;
}

static void add(struct place *p, char type, const char *name, const char *link, const char *data)
{
	tarball_add(&p->tar, (struct tar_member){ type, name, link, data, .mode = 0755 });
}

static const char *text_of(struct place *p, const char *path)
{
	static char text[64];
	int fd = openat(p->in, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return strerror(errno);
	ssize_t n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

static mode_t mode_of(struct place *p, const char *path)
{
	struct stat st;
	return fstatat(p->in, path, &st, AT_SYMLINK_NOFOLLOW) == 0 ? st.st_mode : 0;
}

static void modes_and_times_are_those_of_the_archive(void **state)
{
	struct place *p = *state;
	mode_t before = umask(077);
	tarball_add(&p->tar, (struct tar_member){ '5', "ro/", .mode = 0555, .mtime = 1000 });
	tarball_add(&p->tar,
		(struct tar_member){ '0', "ro/suid", .data = "s", .mode = 04755, .mtime = 2000 });
	add(p, '0', "new/deep/file", NULL, "made its parents");
	add(p, '2', "link", "ro/suid", NULL);
	add(p, '1', "hard", "ro/suid", NULL);
	add(p, '6', "fifo", NULL, NULL);
	int r = unpack(p);
	umask(before);
	assert_int_equal(r, 0);
	assert_int_equal(mode_of(p, "ro"), S_IFDIR | 0555);
	assert_int_equal(mode_of(p, "ro/suid"), S_IFREG | 04755);
	assert_int_equal(mode_of(p, "new/deep"), S_IFDIR | 0755);
	assert_int_equal(mode_of(p, "fifo"), S_IFIFO | 0755);
	assert_true(S_ISLNK(mode_of(p, "link")));
	struct stat a, b;
	assert_int_equal(fstatat(p->in, "ro", &a, 0), 0);
	assert_int_equal(a.st_mtime, 1000);
	assert_int_equal(fstatat(p->in, "ro/suid", &a, 0), 0);
	assert_int_equal(fstatat(p->in, "hard", &b, 0), 0);
	assert_int_equal(a.st_mtime, 2000);
	assert_int_equal(a.st_ino, b.st_ino);
}

static void a_name_with_dot_dot_is_refused(void **state)
{
	struct place *p = *state;
	add(p, '0', "a/../../out/x", NULL, "escaped");
	assert_int_equal(unpack(p), -EINVAL);
	char want[256];
	snprintf(want, sizeof(want), "'%s': member 'a/../../out/x': its name leads out with '..'",
		p->tar.path);
	assert_string_equal(p->err.text, want);
}

static void an_absolute_name_lies_inside(void **state)
{
	struct place *p = *state;
	add(p, '0', "//etc//passwd", NULL, "mine");
	assert_int_equal(unpack(p), 0);
	assert_string_equal(text_of(p, "etc/passwd"), "mine");
}

static void links_made_by_the_archive_never_lead_out(void **state)
{
	struct place *p = *state;
	add(p, '5', "out", NULL, NULL);
	add(p, '2', "up", "../out", NULL);
	add(p, '0', "up/x", NULL, "through a relative link");
	char abs[128];
	snprintf(abs, sizeof(abs), "%s/out", p->dir);
	add(p, '2', "abs", abs, NULL);
	add(p, '0', "abs/x", NULL, "through an absolute link");
	/* The first stays inside; the second's target is not there, and is not made up. */
	assert_int_equal(unpack(p), -EEXIST);
	assert_string_equal(text_of(p, "out/x"), "through a relative link");
}

static void a_file_replaces_a_link_and_does_not_follow_it(void **state)
{
	struct place *p = *state;
	add(p, '2', "file", "../out/x", NULL);
	add(p, '0', "file", NULL, "mine");
	assert_int_equal(unpack(p), 0);
	assert_string_equal(text_of(p, "file"), "mine");
}

static void of_two_members_with_one_name_the_later_wins(void **state)
{
	struct place *p = *state;
	add(p, '0', "a", NULL, "first");
	add(p, '0', "a", NULL, "second");
	add(p, '2', "dir", "nowhere", NULL);
	add(p, '5', "dir", NULL, NULL);
	add(p, '0', "dir/f", NULL, "in it");
	add(p, '5', "dir2", NULL, NULL);
	add(p, '0', "dir2", NULL, "a file now");
	tarball_add(&p->tar, (struct tar_member){ '5', "dir", .mode = 0700 });
	assert_int_equal(unpack(p), 0);
	assert_string_equal(text_of(p, "a"), "second");
	assert_string_equal(text_of(p, "dir/f"), "in it");
	assert_string_equal(text_of(p, "dir2"), "a file now");
	assert_int_equal(mode_of(p, "dir"), S_IFDIR | 0700);
}

static void a_parent_that_was_replaced_is_looked_up_again(void **state)
{
	struct place *p = *state;
	add(p, '5', "d", NULL, NULL);
	add(p, '0', "d/one", NULL, "1");
	add(p, '5', "e", NULL, NULL);
	add(p, '5', "d/sub", NULL, NULL);
	add(p, '2', "d/sub", "../e", NULL);
	add(p, '0', "d/sub/two", NULL, "2");
	assert_int_equal(unpack(p), 0);
	assert_string_equal(text_of(p, "e/two"), "2");
}

static void a_hard_link_out_is_refused(void **state)
{
	struct place *p = *state;
	add(p, '1', "hard", "/etc/passwd", NULL);
	assert_int_equal(unpack(p), -ENOENT);
	assert_non_null(strstr(p->err.text, "member 'hard': hard link to '/etc/passwd'"));
}

static void a_hard_link_with_dot_dot_is_refused(void **state)
{
	struct place *p = *state;
	add(p, '1', "hard", "../out", NULL);
	assert_int_equal(unpack(p), -EINVAL);
}

static void a_hard_link_to_itself_keeps_the_file(void **state)
{
	struct place *p = *state;
	add(p, '0', "a", NULL, "kept");
	add(p, '1', "a", "a", NULL);
	add(p, '1', "./a", "/a", NULL);
	assert_int_equal(unpack(p), 0);
	assert_string_equal(text_of(p, "a"), "kept");
}

static void devices_are_left_out(void **state)
{
	struct place *p = *state;
	add(p, '3', "null", NULL, NULL);
	add(p, '4', "disk", NULL, NULL);
	add(p, '0', "after", NULL, "ok");
	assert_int_equal(unpack(p), 0);
	assert_int_equal(mode_of(p, "null"), 0);
	assert_int_equal(mode_of(p, "disk"), 0);
	assert_string_equal(text_of(p, "after"), "ok");
}

static void a_truncated_archive_names_the_member(void **state)
{
	struct place *p = *state;
	tarball_add(&p->tar, (struct tar_member){ '0', "cut", .mode = 0644, .size = 1UL << 32 });
	assert_int_equal(unpack(p), -EBADMSG);
	assert_non_null(strstr(p->err.text, "member 'cut': "));
}

static void the_root_itself_can_only_be_a_folder(void **state)
{
	struct place *p = *state;
	tarball_add(&p->tar, (struct tar_member){ '5', "./", .mode = 0711 });
	add(p, '2', ".", "out", NULL);
	assert_int_equal(unpack(p), -EINVAL);
}

/* "length key=value\n" records before the member they speak of (pax(1)). */
static void add_pax(struct place *p, const char *key, const char *value)
{
	char record[512];
	size_t n = strlen(key) + strlen(value) + 3;
	n += n + 2 > 99 ? 3 : 2;
	snprintf(record, sizeof(record), "%zu %s=%s\n", n, key, value);
	assert_int_equal(strlen(record), n);
	tarball_add(&p->tar, (struct tar_member){ 'x', "pax", .data = record });
}

static void names_of_any_bytes_are_kept(void **state)
{
	struct place *p = *state;
	add_pax(p, "path", "caf\xc3\xa9/\xe2\x82\xac");
	add(p, '0', "short", NULL, "utf-8");
	add(p, '0', "lat\xe9n", NULL, "latin-1");
	assert_int_equal(unpack(p), 0);
	assert_string_equal(text_of(p, "caf\xc3\xa9/\xe2\x82\xac"), "utf-8");
	assert_string_equal(text_of(p, "lat\xe9n"), "latin-1");
}

static void a_name_that_is_too_long_is_an_error(void **state)
{
	struct place *p = *state;
	char name[300];
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	add_pax(p, "path", name);
	add(p, '0', "short", NULL, "x");
	assert_int_equal(unpack(p), -ENAMETOOLONG);
}

static void an_empty_archive_is_an_empty_root(void **state)
{
	struct place *p = *state;
	assert_int_equal(unpack(p), 0);
}

static void what_is_no_root_is_said(void **state)
{
	struct place *p = *state;
	struct mkr_image *img;
	assert_int_equal(mkr_image_open(&img, "/dev/zero", &p->err), -EINVAL);
	assert_string_equal(
		p->err.text, "'/dev/zero' is a device, neither a folder nor a tar archive");
	assert_int_equal(mkr_image_open(&img, "/nothing/here", &p->err), -ENOENT);
	assert_int_equal(mkfifoat(p->top, "fifo", 0600), 0);
	char path[80];
	snprintf(path, sizeof(path), "%s/fifo", p->dir);
	assert_int_equal(mkr_image_open(&img, path, &p->err), -EINVAL);
	assert_int_equal(mkr_image_open(&img, p->tar.path, &p->err), -EINVAL);
	assert_non_null(strstr(p->err.text, "is empty"));
	assert_int_equal(write(p->tar.fd, "text", 4), 4);
	assert_int_equal(mkr_image_open(&img, p->tar.path, &p->err), -EINVAL);
	/* The magic of gzip alone does not make a tar, and a header with rubbish a bad one. */
	assert_int_equal(pwrite(p->tar.fd, "\x1f\x8b\x08", 3, 0), 3);
	assert_int_equal(mkr_image_open(&img, p->tar.path, &p->err), -EINVAL);
	assert_int_equal(pwrite(p->tar.fd, "\x1f\x8b\x08\0\0\0\0\0\0\3rubbish", 17, 0), 17);
	assert_int_equal(mkr_image_open(&img, p->tar.path, &p->err), 0);
	assert_true(mkr_image_unpack(img, p->in, MKR_OWNERS_CALLER, &p->err) < 0);
	mkr_image_free(img);
}

static void a_terabyte_of_zeros_is_read_at_its_start_only(void **state)
{
	struct place *p = *state;
	struct mkr_image *img;
	struct timespec a, b;
	assert_int_equal(ftruncate(p->tar.fd, 1L << 40), 0);
	clock_gettime(CLOCK_MONOTONIC, &a);
	assert_int_equal(mkr_image_open(&img, p->tar.path, &p->err), 0);
	mkr_image_unpack(img, p->in, MKR_OWNERS_CALLER, &p->err);
	mkr_image_free(img);
	clock_gettime(CLOCK_MONOTONIC, &b);
	assert_true(b.tv_sec - a.tv_sec < 5);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(modes_and_times_are_those_of_the_archive),
		TEST(a_name_with_dot_dot_is_refused),
		TEST(an_absolute_name_lies_inside),
		TEST(links_made_by_the_archive_never_lead_out),
		TEST(a_file_replaces_a_link_and_does_not_follow_it),
		TEST(of_two_members_with_one_name_the_later_wins),
		TEST(a_parent_that_was_replaced_is_looked_up_again),
		TEST(a_hard_link_out_is_refused),
		TEST(a_hard_link_with_dot_dot_is_refused),
		TEST(a_hard_link_to_itself_keeps_the_file),
		TEST(devices_are_left_out),
		TEST(a_truncated_archive_names_the_member),
		TEST(the_root_itself_can_only_be_a_folder),
		TEST(names_of_any_bytes_are_kept),
		TEST(a_name_that_is_too_long_is_an_error),
		TEST(an_empty_archive_is_an_empty_root),
		TEST(what_is_no_root_is_said),
		TEST(a_terabyte_of_zeros_is_read_at_its_start_only),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
