#include "test.h"

#include "run/arguments.h"
#include "run/mountinfo.h"
#include "run/op.h"
#include "run/pivot.h"
#include "run/view.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BELOW "readonly proc, sysfs and the like below the root\n"

static const char proc_to_tmp[] =
	"mount proc /proc nosuid,nodev,noexec\n"
	"readonly /proc/bus\n"
	"readonly /proc/fs\n"
	"readonly /proc/irq\n"
	"readonly /proc/sys\n"
	"readonly /proc/sysrq-trigger\n"
	"mount tmpfs /dev nosuid,noexec mode=0755,size=65536k\n"
	"device /dev/null 1:3\n"
	"device /dev/zero 1:5\n"
	"device /dev/full 1:7\n"
	"device /dev/random 1:8\n"
	"device /dev/urandom 1:9\n"
	"device /dev/tty 5:0\n"
	"console /dev/console, where there is a terminal\n"
	"link /dev/fd -> /proc/self/fd\n"
	"link /dev/stdin -> /proc/self/fd/0\n"
	"link /dev/stdout -> /proc/self/fd/1\n"
	"link /dev/stderr -> /proc/self/fd/2\n"
	"link /dev/ptmx -> pts/ptmx\n"
	"dir /dev/shm 1777\n"
	"dir /dev/pts 0755\n"
	"dir /dev/mqueue 1777\n"
	"mount devpts /dev/pts nosuid,noexec newinstance,ptmxmode=0666,mode=0620\n"
	"mount tmpfs /dev/shm nosuid,nodev,noexec mode=1777,size=65536k\n"
	"mount mqueue /dev/mqueue nosuid,nodev,noexec\n"
	"flags /dev nodev\n"
	"mount sysfs /sys ro,nosuid,nodev,noexec\n"
	"mount tmpfs /tmp nosuid,nodev mode=1777\n";

static const char masks[] = "mask /proc/acpi\n"
			    "mask /proc/asound\n"
			    "mask /proc/interrupts\n"
			    "mask /proc/kcore\n"
			    "mask /proc/keys\n"
			    "mask /proc/latency_stats\n"
			    "mask /proc/sched_debug\n"
			    "mask /proc/scsi\n"
			    "mask /proc/timer_list\n"
			    "mask /proc/timer_stats\n"
			    "mask /sys/firmware\n"
			    "mask /sys/devices/virtual/powercap\n"
			    "mask /sys/devices/system/cpu/cpu*/thermal_throttle\n";

static const char pivot_on[] = "pivot\nhostname mkroot\nloopback up\n";

static const struct mkr_box plain;

static void expect_ops(const struct mkr_box *options, const struct view *view, const char *first,
	const char *wishes, const char *last)
{
	struct ops ops = { 0 };
	struct mkr_box box = *options;
	box.env = (const char *const[]){ NULL };
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	box_ops(&ops, &box, view);
	ops_print(out, "", &ops);
	fclose(out);
	vec_free(&ops.list);
	char want[4096];
	snprintf(want, sizeof(want), "%s%s%s%s%s%s", first, proc_to_tmp, wishes, masks, last,
		pivot_on);
	assert_string_equal(text, want);
	free(text);
}

static void a_folder_with_all_mount_points_is_the_root_itself(void **state)
{
	(void)state;
	expect_ops(&plain, &(struct view){ .kind = VIEW_DIRECT },
		"private\nroot bind nosuid,nodev\n" BELOW, "", "");
}

static void an_archive_goes_to_a_tmpfs(void **state)
{
	(void)state;
	expect_ops(&plain, &(struct view){ .kind = VIEW_ARCHIVE },
		"private\nroot tmpfs 0755 nosuid,nodev\nunpack\n"
		"dir /dev 0755\ndir /proc 0755\ndir /sys 0755\ndir /tmp 0755\n",
		"", "");
}

static void read_only_is_for_the_root_and_not_for_volumes(void **state)
{
	(void)state;
	struct view_mount mounts[] = { { .target = "x",
					       .source = &(struct host_file){ .path = "/x" },
					       .flags = OP_NOSUID | OP_NODEV },
		{ .target = "y/z", .options = "mode=1777", .flags = OP_NOEXEC } };
	struct view view = { .kind = VIEW_DIRECT, .mounts = { mounts, 2, 2 } };
	expect_ops(&(struct mkr_box){ .read_only = true }, &view,
		"private\nroot bind ro,nosuid,nodev\n" BELOW,
		"volume /x on /x nosuid,nodev\n"
		"volume tmpfs on /y/z noexec mode=1777\n",
		"");
	view = (struct view){ .kind = VIEW_ARCHIVE, .tmpfs_options = "size=4096" };
	expect_ops(&(struct mkr_box){ .read_only = true }, &view,
		"private\nroot tmpfs 0755 nosuid,nodev size=4096\nunpack\n"
		"dir /dev 0755\ndir /proc 0755\ndir /sys 0755\ndir /tmp 0755\n",
		"", "readonly / (top level)\n");
}

struct root {
	char dir[64];
	struct mkr_image *img;
	int fd;
};

static int set_up(void **state)
{
	static struct root r;
	strcpy(r.dir, "/tmp/mkroot-test-run-XXXXXX");
	if (!mkdtemp(r.dir) || mkr_image_open(&r.img, r.dir, NULL) < 0)
		return -1;
	r.fd = mkr_image_dir(r.img);
	mkdirat(r.fd, "usr", 0755);
	mkdirat(r.fd, "dev", 0755);
	mkdirat(r.fd, "sys", 0755);
	mkdirat(r.fd, "tmp", 0755);
	*state = &r;
	return 0;
}

static int tear_down(void **state)
{
	struct root *r = *state;
	mkr_image_free(r->img);
	char cmd[128];
	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", r->dir);
	return system(cmd);
}

static void a_root_without_proc_is_bound_entry_by_entry(void **state)
{
	struct root *r = *state;
	struct arena *arena = arena_new();
	struct view view;
	symlinkat("usr/bin", r->fd, "bin");
	symlinkat("../..", r->fd, "proc");
	close(openat(r->fd, "a file", O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
	assert_int_equal(view_look(&view, arena, r->img, &plain, false, NULL), 0);
	expect_ops(&plain, &view,
		"private\nroot tmpfs 0700 nosuid,nodev\n"
		"bind /a file nosuid,nodev\n"
		"link /bin -> usr/bin\n"
		"bind /usr/ nosuid,nodev\n" BELOW
		"dir /dev 0755\ndir /proc 0755\ndir /sys 0755\ndir /tmp 0755\n",
		"", "readonly / (top level)\n");
	view_free(&view);
	arena_free(arena);
}

static void a_root_with_all_of_them_is_taken_as_it_is(void **state)
{
	struct root *r = *state;
	struct arena *arena = arena_new();
	struct view view;
	mkdirat(r->fd, "proc", 0755);
	assert_int_equal(view_look(&view, arena, r->img, &plain, false, NULL), 0);
	assert_int_equal(view.kind, VIEW_DIRECT);
	unlinkat(r->fd, "tmp", AT_REMOVEDIR);
	symlinkat("/etc", r->fd, "tmp");
	assert_int_equal(view_look(&view, arena, r->img, &plain, false, NULL), 0);
	assert_int_equal(view.kind, VIEW_SKELETON);
	view_free(&view);
	arena_free(arena);
}

static void mounts_come_parents_first_and_make_room_at_the_top(void **state)
{
	struct root *r = *state;
	struct arena *arena = arena_new();
	struct view view;
	const char *const volumes[] = { "/etc:/usr/b/c:ro", "/tmp:/usr/z", "/dev/null:/usr/a",
		NULL };
	const char *const tmpfs[] = { "/usr", NULL };
	struct mkr_box box = { .volumes = volumes, .tmpfs = tmpfs };
	mkdirat(r->fd, "proc", 0755);
	assert_int_equal(view_look(&view, arena, r->img, &box, false, NULL), 0);
	assert_int_equal(view.kind, VIEW_DIRECT);
	const char *const order[] = { "usr", "usr/z", "usr/a", "usr/b/c" };
	assert_int_equal(view.mounts.n, 4);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(view.mounts.at[i].target, order[i]);
	view_free(&view);
	box.tmpfs = (const char *const[]){ "/new/deep", NULL };
	assert_int_equal(view_look(&view, arena, r->img, &box, false, NULL), 0);
	assert_int_equal(view.kind, VIEW_SKELETON);
	view_free(&view);
	box.ephemeral = "";
	assert_int_equal(view_look(&view, arena, r->img, &box, false, NULL), 0);
	assert_int_equal(view.kind, VIEW_OVERLAY);
	view_free(&view);
	arena_free(arena);
}

static void the_arguments_are_where_stat_says(void **state)
{
	(void)state;
	struct arguments a;
	char text[512] = "1 (a) b 48) S";
	for (int i = 4; i < 48; i++)
		strcat(text, " 0");
	size_t n = strlen(text);
	strcpy(text + n, " 4096 4100 5000 5100");
	assert_true(arguments_parse(&a, text));
	assert_ptr_equal(a.from, (void *)4096);
	assert_int_equal(a.n, 4);
	static const char *const bad[] = { "", " 4096", " 4096 4095", " 0 0", " x 4096", " 4096 -1",
		" 4096 99999999999999999999" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		strcpy(text + n, bad[i]);
		assert_false(arguments_parse(&a, text));
	}
	assert_false(arguments_parse(&a, ""));
}

static void arguments_give_way_to_a_title(void **state)
{
	(void)state;
	char text[] = "mkroot run SECRET", small[] = "m";
	arguments_forget(&(struct arguments){ text, sizeof(text) }, "init");
	assert_memory_equal(text, "init\0\0\0\0\0\0\0\0\0\0\0\0\0.", sizeof(text));
	arguments_forget(&(struct arguments){ small, sizeof(small) }, "init");
	assert_memory_equal(small, "\0\0", sizeof(small));
}

static void only_rootfs_is_the_initramfs(void **state)
{
	(void)state;
	static const char text[] = "1 1 0:2 / / rw - rootfs none rw\n"
				   "22 1 0:2 / /a\\040-\\040rootfs rw shared:1 - tmpfs rootfs rw\n"
				   "23 1 0:2 / /b rw shared:2 master:1 - rootfs x rw\n"
				   "24 1 0:2 / / rw rootfs\n"
				   "25 1 0:2 / / rw -\n";
	assert_true(mount_is_initramfs(text, 1));
	assert_false(mount_is_initramfs(text, 22));
	assert_true(mount_is_initramfs(text, 23));
	assert_false(mount_is_initramfs(text, 24));
	assert_false(mount_is_initramfs(text, 25));
	assert_false(mount_is_initramfs(text, 2));
	assert_false(mount_is_initramfs("", 1));
}

static void a_line_of_mountinfo_has_its_parts(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	struct mount_line m;
	assert_true(mount_line_parse(&m,
		STR("36 35 98:0 /r\\040- /p\\134\\012\\09 rw shared:1 master:2 - ext4 /dev/a "
		    "rw,x=1")));
	assert_int_equal(m.id, 36);
	assert_int_equal(m.parent, 35);
	assert_string_equal(mount_path(arena, m.root), "/r -");
	assert_string_equal(mount_path(arena, m.point), "/p\\\n\\09");
	assert_true(str_eq(m.type, STR("ext4")));
	assert_true(str_eq(m.options, STR("rw,x=1")));
	assert_true(mount_line_parse(&m, STR("0 0 0:0 / / rw - proc")));
	assert_true(str_eq(m.type, STR("proc")) && m.options.n == 0);
	static const char *const bad[] = { "", "x 1 0:0 / / rw - a b c", "1 -1 0:0 / / rw - a b c",
		"1 1 0:0 / p rw - a b c", "1 1 0:0 / / rw a b c", "1 1 0:0 / / rw -", "1 1 0:0 /",
		"1 1 0:0 / / rw -  b c" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(mount_line_parse(&m, str_from(bad[i])));
	arena_free(arena);
}

static void mounts_below_one_are_found_at_any_depth(void **state)
{
	(void)state;
	static const char text[] = "20 1 0:2 / / rw shared:1 - ext4 x rw\n"
				   "21 20 0:3 / /home rw - ext4 x rw\n"
				   "40 20 0:4 /r / rw - ext4 x rw\n"
				   "41 40 0:5 / /a\\040b\\134c rw master:1 - tmpfs x rw\n"
				   "30 41 0:6 / /a\\040b\\134c/d rw - proc x rw\n"
				   "31 21 0:7 / /home/e rw - proc x rw\n"
				   "x 40 0:8 / /f rw - proc x rw\n"
				   "32 40 0:8 /\n"
				   "34 40 0:8 / /f rw - \n"
				   "35 40 0:8 / f rw - proc x rw\n"
				   "33 40 0:8 / /g rw shared:2 - ext4";
	struct arena *arena = arena_new();
	struct mounts_below below = { 0 };
	assert_int_equal(mounts_below(&below, arena, text, 40), 0);
	assert_int_equal(below.list.n, 3);
	assert_string_equal(below.list.at[0].point, "/a b\\c");
	assert_string_equal(below.list.at[0].type, "tmpfs");
	assert_string_equal(below.list.at[1].point, "/a b\\c/d");
	assert_string_equal(below.list.at[1].type, "proc");
	assert_string_equal(below.list.at[2].point, "/g");
	below.list.n = 0;
	assert_int_equal(mounts_below(&below, arena, text, 33), 0);
	assert_int_equal(below.list.n, 0);
	vec_free(&below.list);
	arena_free(arena);
}

static void no_more_mounts_are_looked_at_than_is_sane(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	struct mounts_below below = { 0 };
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	for (int i = 2; i < MOUNTS_BELOW_MAX + 2; i++)
		fprintf(out, "%d %d 0:1 / /x rw - tmpfs x rw\n", i, i - 1);
	fflush(out);
	assert_int_equal(mounts_below(&below, arena, text, 1), 0);
	assert_int_equal(below.list.n, MOUNTS_BELOW_MAX);
	fputs("20000 1 0:1 / /x rw - tmpfs x rw\n", out);
	fclose(out);
	below.list.n = 0;
	assert_int_equal(mounts_below(&below, arena, text, 1), -EFBIG);
	free(text);
	vec_free(&below.list);
	arena_free(arena);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_folder_with_all_mount_points_is_the_root_itself),
		cmocka_unit_test(an_archive_goes_to_a_tmpfs),
		cmocka_unit_test(read_only_is_for_the_root_and_not_for_volumes),
		cmocka_unit_test(the_arguments_are_where_stat_says),
		cmocka_unit_test(arguments_give_way_to_a_title),
		cmocka_unit_test(only_rootfs_is_the_initramfs),
		cmocka_unit_test(a_line_of_mountinfo_has_its_parts),
		cmocka_unit_test(mounts_below_one_are_found_at_any_depth),
		cmocka_unit_test(no_more_mounts_are_looked_at_than_is_sane),
		TEST(a_root_without_proc_is_bound_entry_by_entry),
		TEST(mounts_come_parents_first_and_make_room_at_the_top),
		TEST(a_root_with_all_of_them_is_taken_as_it_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
