#include "sink_test.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/xattr.h>

/* cap_net_raw=ep, version 2 (linux/capability.h) */
static const unsigned char cap[20] = { 1, 0, 0, 2, 0, 0x20 };
static const struct mkr_xattr xattrs[] = { { "security.capability", cap, sizeof(cap) },
	{ "user.note", "a=b\nc\0d", 7 } };

/* Some of everything, parents first and sorted: "bin.d" stands between "bin" and what is in it. */
static void fill(struct bench *b)
{
	put("src/prog", "#!/bin/sh\necho hello\n");
	sh("cat /bin/bash /bin/bash > src/big; truncate -s 5000000 src/big");
	add_dir(b, "bin", 0755);
	add_dir(b, "bin.d", 01777);
	add_file(b, "bin.d/big", "big");
	for (int i = 0; i < 2; i++) {
		struct mkr_entry *e = add_file(b, i ? "bin/two" : "bin/one", "prog");
		e->mode = S_IFREG | 04755;
		e->target = i ? "bin/one" : NULL;
		e->xattrs = xattrs;
		e->n_xattrs = 2;
	}
	add_data(b, "empty", "")->mtime = 4000000000;
	struct mkr_entry *e = add_data(b, "hosts", "127.0.0.1 localhost\n");
	e->uid = 3000000000;
	e->gid = 42;
	add_link(b, "lib", "usr/lib");
	add(b,
		(struct mkr_entry){
			.path = "null", .mode = S_IFBLK | 0666, .dev_major = 1, .dev_minor = 300 });
	add(b, (struct mkr_entry){ .path = "pipe", .mode = S_IFIFO | 0600 });
}

static void unsquashfs_lists_what_was_meant(void **state)
{
	struct bench *b = *state;
	fill(b);
	write_ok(b, "a.squashfs");
	assert_string_equal(b->warnings, "");
	assert_int_equal(b->written.files, 10);
	assert_string_equal(sh("TZ=UTC unsquashfs -lln a.squashfs | tail -n +2 | grep -vE "
			       "'^$|null' | tr -s ' ' | "
			       "sed -E \"s/$(date -u +%%Y)-[0-9-]+ [0-9:]+/NOW/; "
			       "s/squashfs-root//\""),
		"drwxr-xr-x 0/0 37 2001-09-09 01:46 /bin\n"
		"-rwsr-xr-x 0/0 21 NOW /bin/one\n"
		"-rwsr-xr-x 0/0 21 NOW /bin/two\n"
		"drwxrwxrwt 0/0 26 2001-09-09 01:46 /bin.d\n"
		"-rw-r--r-- 0/0 5000000 NOW /bin.d/big\n"
		"-rw-r--r-- 0/0 0 2096-10-02 07:06 /empty\n"
		"-rw-r--r-- 3000000000/42 20 2001-09-09 01:46 /hosts\n"
		"lrwxrwxrwx 0/0 7 2001-09-09 01:46 /lib -> usr/lib\n"
		"prw------- 0/0 0 2001-09-09 01:46 /pipe\n");
	/* As old as the newest file; ten, one of which is a second name, and the root. */
	assert_string_equal(sh("TZ=UTC unsquashfs -s a.squashfs | grep -E 'last|Compression|Number "
			       "of (inodes|ids)'"),
		"Creation or last append time Tue Oct  2 07:06:40 2096\n"
		"Compression gzip\nNumber of inodes 10\nNumber of ids 3\n");
	assert_string_equal(sh("stat -c %%s a.squashfs | awk '$1 %% 4096'"), "");
	assert_string_equal(sh("ls -A"), "a.squashfs\nout\nsrc\n");
}

static void what_is_unpacked_is_what_was_put_in(void **state)
{
	struct bench *b = *state;
	skip_unless_root("device nodes, security.capability");
	fill(b);
	write_ok(b, "a.squashfs");
	sh("unsquashfs -q -n -d x a.squashfs");
	assert_string_equal(sh("cmp src/big x/bin.d/big; cmp src/prog x/bin/two; cat x/hosts; "
			       "stat -c '%%h %%a' x/bin/one; readlink x/lib; stat -c %%h x x/bin"),
		"127.0.0.1 localhost\n2 4755\nusr/lib\n4\n2\n");
	assert_string_equal(sh("[ x/bin/one -ef x/bin/two ] && echo same"), "same\n");
	unsigned char got[64];
	assert_int_equal(getxattr("x/bin/two", "security.capability", got, sizeof(got)), 20);
	assert_memory_equal(got, cap, 20);
	assert_int_equal(getxattr("x/bin/two", "user.note", got, sizeof(got)), 7);
	assert_memory_equal(got, "a=b\nc\0d", 7);
}

static void mount_it(struct bench *b)
{
	(void)b;
	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		system("mount -t squashfs -o loop,ro a.squashfs out 2>err") != 0)
		_exit(77);
	_exit(system("exec >said 2>&1; cmp src/big out/bin.d/big; [ out/bin/one -ef out/bin/two ] "
		     "&& echo "
		     "same; stat -c '%n %h %a %t,%T' out out/bin/one out/null; ls out/bin; getcap "
		     "out/bin/two; find out -printf '%i\n' | sort -n | uniq -d | wc -l"));
}

static void the_kernel_mounts_it(void **state)
{
	struct bench *b = *state;
	skip_unless_root("mount(2)");
	fill(b);
	write_ok(b, "a.squashfs");
	int status = in_child(b, mount_it);
	if (status == 77) {
		print_message("skipped: %s\n", sh("cat err || echo no mount namespace"));
		skip();
	}
	assert_int_equal(status, 0);
	assert_string_equal(sh("cat said"),
		"same\nout 4 755 0,0\nout/bin/one 2 4755 0,0\nout/null 1 666 1,12c\none\ntwo\n"
		"out/bin/two cap_net_raw=ep\n1\n");
}

/* More than one block of a directory table (8 KiB), and an index over it. */
static void a_folder_of_many_files_is_whole(void **state)
{
	struct bench *b = *state;
	enum { MANY = 3000 };
	struct mkr_entry *all = calloc(MANY + 1, sizeof(*all));
	char(*names)[24] = calloc(MANY, sizeof(*names));
	assert_non_null(all);
	assert_non_null(names);
	all[0] = (struct mkr_entry){ .path = "d", .mode = S_IFDIR | 0755, .because = "" };
	for (int i = 0; i < MANY; i++) {
		snprintf(names[i], sizeof(names[i]), "d/name-%05d", i);
		all[i + 1] = (struct mkr_entry){ .path = names[i],
			.mode = S_IFREG | 0644,
			.because = "",
			.data = names[i],
			.size = strlen(names[i]) };
	}
	struct mkr_target to = { .output = "a.squashfs", .level = 1 };
	assert_int_equal(mkr_write(all, MANY + 1, &to, NULL, &b->err), 0);
	sh("unsquashfs -q -n -d x a.squashfs");
	assert_string_equal(sh("ls x/d | wc -l; cd x; cat d/* | sed 's/d/\\nd/g' | tail -n +2 | "
			       "while read -r n; do [ -e \"$n\" ] || echo \"$n\"; done"),
		"3000\n");
	free(all);
	free(names);
}

static void a_plan_with_a_hole_in_it_is_refused(void **state)
{
	struct bench *b = *state;
	add_data(b, "a/b", "x");
	assert_int_equal(write_to(b, "a.squashfs"), -EINVAL);
	assert_string_equal(b->err.text, "'a/b' needs an entry that is not there");
	b->n = 0;
	add_data(b, "f", "x");
	struct mkr_target to = { .output = "a.squashfs", .level = 10 };
	assert_int_equal(mkr_target_check(&to, &b->err), -EINVAL);
	assert_string_equal(b->err.text, "squashfs has the levels 1 to 9, not 10");
	assert_string_equal(sh("ls -A"), "out\nsrc\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(unsquashfs_lists_what_was_meant),
		bench_test(what_is_unpacked_is_what_was_put_in),
		bench_test(the_kernel_mounts_it),
		bench_test(a_folder_of_many_files_is_whole),
		bench_test(a_plan_with_a_hole_in_it_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
