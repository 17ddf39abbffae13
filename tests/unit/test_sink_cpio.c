#include "sink_test.h"

#include <sys/xattr.h>

/* Some of everything, parents first and sorted. */
static void fill(struct bench *b)
{
	put("src/prog", "#!/bin/sh\necho hello\n");
	add_dir(b, "bin", 0755);
	for (int i = 0; i < 3; i++) {
		static const char *const names[] = { "bin/one", "bin/three", "bin/two" };
		struct mkr_entry *e = add_file(b, names[i], "prog");
		e->mode = S_IFREG | 04755;
		e->mtime = b->at[1].mtime;
		if (i)
			e->target = names[0];
	}
	struct mkr_entry *e = add_data(b, "empty", "");
	e->uid = 3;
	e->gid = 42;
	add_data(b, "init", "#!/bin/one\n")->mode = S_IFREG | 0755;
	add_link(b, "lib", "usr/lib");
	add(b,
		(struct mkr_entry){
			.path = "null", .mode = S_IFCHR | 0666, .dev_major = 1, .dev_minor = 300 });
	add(b, (struct mkr_entry){ .path = "pipe", .mode = S_IFIFO | 0600 });
	add_data(b, "same", "of data\n");
	e = add_data(b, "samer", "of data\n");
	e->data = NULL;
	e->target = "same";
}

static const char listing[] = "drwxr-xr-x 2 0 0 0 2001 bin\n"
			      "-rwsr-xr-x 3 0 0 0 NOW bin/one\n"
			      "-rwsr-xr-x 3 0 0 0 NOW bin/three\n"
			      "-rwsr-xr-x 3 0 0 21 NOW bin/two\n"
			      "-rw-r--r-- 1 3 42 0 2001 empty\n"
			      "-rwxr-xr-x 1 0 0 11 2001 init\n"
			      "lrwxrwxrwx 1 0 0 7 2001 lib -> usr/lib\n"
			      "crw-rw-rw- 1 0 0 1, 300 2001 null\n"
			      "prw------- 1 0 0 0 2001 pipe\n"
			      "-rw-r--r-- 2 0 0 0 2001 same\n"
			      "-rw-r--r-- 2 0 0 8 2001 samer\n";

static void gnu_cpio_lists_what_was_meant(void **state)
{
	struct bench *b = *state;
	fill(b);
	static const char *const names[] = { "a.cpio", "a.cpio.gz", "a.cpio.xz", "a.cpio.zst",
		"cpio:plain" };
	static const char *const readers[] = { "cat a.cpio", "gzip -dc a.cpio.gz",
		"xz -dc a.cpio.xz", "zstd -dcq a.cpio.zst", "cat plain" };
	for (size_t i = 0; i < 5; i++) {
		write_ok(b, names[i]);
		assert_string_equal(b->warnings, "");
		assert_int_equal(b->written.files, 11);
		assert_string_equal(
			sh("%s | TZ=UTC cpio -tv --quiet --numeric-uid-gid | sed -E 's/(Sep  9  "
			   "2001)/2001/; s/[A-Z][a-z]{2} [0-9 ]{2} [0-9:]{5}/NOW/' | tr -s ' '",
				readers[i]),
			listing);
	}
	assert_string_equal(sh("bsdcpio -t --quiet < a.cpio | wc -l"), "11\n");
	assert_string_equal(sh("stat -c %%s a.cpio.gz a.cpio.xz a.cpio.zst | awk '$1 %% 4'"), "");
	assert_string_equal(
		sh("xz -l --robot a.cpio.xz | awk '$1 == \"file\" { print $7 }'"), "CRC32\n");
	assert_string_equal(
		sh("ls -A | tr '\\n' ' '"), "a.cpio a.cpio.gz a.cpio.xz a.cpio.zst out plain src ");
}

static void two_programs_unpack_the_same_links_and_bytes(void **state)
{
	struct bench *b = *state;
	skip_unless_root("device nodes");
	fill(b);
	write_ok(b, "a.cpio");
	sh("mkdir gnu bsd; (cd gnu && cpio -idm --quiet < ../a.cpio); (cd bsd && bsdcpio -idm "
	   "--quiet < ../a.cpio)");
	assert_string_equal(
		sh("rm gnu/pipe gnu/null bsd/pipe bsd/null; diff -r --no-dereference gnu bsd"), "");
	for (int i = 0; i < 2; i++) {
		const char *dir = i ? "bsd" : "gnu";
		assert_string_equal(
			sh("stat -c '%%h %%a' %s/bin/one; cat %s/bin/three %s/same", dir, dir, dir),
			"3 4755\n#!/bin/sh\necho hello\nof data\n");
	}
}

/* Neither a device nor an inode of the host is in it: each counts from one. */
static void inodes_are_numbered_anew(void **state)
{
	struct bench *b = *state;
	fill(b);
	write_ok(b, "a.cpio");
	assert_string_equal(sh("grep -ao '070701[0-9A-F]\\{8\\}' a.cpio | cut -c7- | tr '\\n' ' '"),
		"00000001 00000002 00000002 00000002 00000005 00000006 00000007 00000008 00000009 "
		"0000000A 0000000A 00000000 ");
	assert_string_equal(sh("grep -ao '070701[0-9A-F]\\{104\\}' a.cpio | cut -c63-78 | sort -u"),
		"0000000000000000\n");
}

static void what_has_no_room_is_refused_before_anything_is_written(void **state)
{
	struct bench *b = *state;
	sh("truncate -s 4294967296 src/huge");
	add_file(b, "huge", "huge");
	put("a.cpio", "old");
	assert_int_equal(write_to(b, "a.cpio"), -EFBIG);
	assert_string_equal(b->err.text, "'huge' has 4294967296 bytes: a cpio holds 4 GiB - 1");
	assert_string_equal(sh("cat a.cpio"), "old");
	b->n = 0;
	add_data(b, "TRAILER!!!", "x");
	assert_int_equal(write_to(b, "a.cpio"), -EINVAL);
	assert_string_equal(b->err.text, "a cpio cannot hold 'TRAILER!!!': that name is its end");
}

static void what_is_lost_is_warned_of_by_name(void **state)
{
	struct bench *b = *state;
	const struct mkr_xattr xattrs[] = { { "security.capability", "x", 1 },
		{ "user.b", "y", 1 } };
	struct mkr_entry *e = add_data(b, "init", "x");
	e = add_data(b, "ping", "x");
	e->xattrs = xattrs;
	e->n_xattrs = 2;
	e->mtime = -5;
	write_ok(b, "a.cpio");
	assert_string_equal(b->warnings,
		"'ping': its time is outside of what a cpio holds, 1970 to 2106\n"
		"'ping': a cpio holds no extended attributes: security.capability is lost\n"
		"'ping': a cpio holds no extended attributes: user.b is lost\n"
		"'init', which the kernel starts, is not executable\n");
	assert_string_equal(
		sh("TZ=UTC cpio -tv --quiet < a.cpio | grep -o '1970 ping'"), "1970 ping\n");
	b->n = 0;
	add_dir(b, "etc", 0755);
	write_ok(b, "a.cpio");
	assert_string_equal(b->warnings,
		"there is no /init, which the kernel starts in an initramfs: add -i FILE:/init\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(gnu_cpio_lists_what_was_meant),
		bench_test(two_programs_unpack_the_same_links_and_bytes),
		bench_test(inodes_are_numbered_anew),
		bench_test(what_has_no_room_is_refused_before_anything_is_written),
		bench_test(what_is_lost_is_warned_of_by_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
