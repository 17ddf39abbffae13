#include "sink_test.h"

#include "sink/tar_header.h"

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/xattr.h>

/* The newest time of all: files that are newer have it instead of their own. */
enum { CLAMP = 1234567890 };

static void clamp(struct mkr_entry *e)
{
	e->mtime = CLAMP;
	e->mtime_nsec = 0;
}

/* Some of everything, parents first and sorted. */
static void fill(struct bench *b)
{
	put("src/prog", "#!/bin/sh\necho hello\n");
	add_dir(b, "bin", 0755);
	struct mkr_entry *e = add_file(b, "bin/prog", "prog");
	e->mode = S_IFREG | 04755;
	clamp(e);
	e = add(b, (struct mkr_entry){ .path = "bin/twin", .target = "bin/prog" });
	e->mode = b->at[1].mode;
	e->mtime = b->at[1].mtime;
	e->size = b->at[1].size;
	add_dir(b, "etc", 0700);
	e = add_data(b, "etc/hosts", "127.0.0.1 localhost\n");
	e->mode = S_IFREG | 0640;
	e->uid = 3;
	e->gid = 42;
	add_link(b, "lib", "usr/lib");
	add(b,
		(struct mkr_entry){
			.path = "null", .mode = S_IFCHR | 0666, .dev_major = 1, .dev_minor = 3 });
	add(b, (struct mkr_entry){ .path = "pipe", .mode = S_IFIFO | 0600 });
}

static const char listing[] =
	"drwxr-xr-x 0/0               0 2001-09-09 01:46 bin/\n"
	"-rwsr-xr-x 0/0              21 2009-02-13 23:31 bin/prog\n"
	"hrwsr-xr-x 0/0               0 2009-02-13 23:31 bin/twin link to bin/prog\n"
	"drwx------ 0/0               0 2001-09-09 01:46 etc/\n"
	"-rw-r----- 3/42             20 2001-09-09 01:46 etc/hosts\n"
	"lrwxrwxrwx 0/0               0 2001-09-09 01:46 lib -> usr/lib\n"
	"crw-rw-rw- 0/0             1,3 2001-09-09 01:46 null\n"
	"prw------- 0/0               0 2001-09-09 01:46 pipe\n";

static void gnu_tar_lists_what_was_meant(void **state)
{
	struct bench *b = *state;
	fill(b);
	static const char *const names[] = { "a.tar", "a.tar.gz", "a.tgz", "a.tar.xz", "a.tar.zst",
		"tar:plain", "tar:b.tar.xz" };
	static const char *const files[] = { "a.tar", "a.tar.gz", "a.tgz", "a.tar.xz", "a.tar.zst",
		"plain", "b.tar.xz" };
	static const char *const magic[] = { "", "1f8b", "1f8b", "fd37", "28b5", "", "fd37" };
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		write_ok(b, names[i]);
		assert_int_equal(b->written.files, 8);
		assert_int_equal(b->written.bytes, 41);
		assert_string_equal(sh("TZ=UTC tar tvf %s --numeric-owner", files[i]), listing);
		if (*magic[i])
			assert_memory_equal(
				sh("od -An -tx1 -N2 %s | tr -d ' '", files[i]), magic[i], 4);
	}
	assert_string_equal(sh("bsdtar tf a.tar | wc -l"), "8\n");
	assert_string_equal(sh("tar xOf a.tar bin/prog etc/hosts"),
		"#!/bin/sh\necho hello\n127.0.0.1 localhost\n");
	assert_string_equal(sh("zstd -dc a.tar.zst | cmp - a.tar; xz -dc a.tar.xz | cmp - a.tar;"
			       "gzip -dc a.tar.gz | cmp - a.tar; gzip -l a.tgz | wc -l"),
		"2\n");
	/* the whole folder: nothing temporary is left */
	assert_string_equal(sh("ls -A | tr '\\n' ' '"),
		"a.tar a.tar.gz a.tar.xz a.tar.zst a.tgz b.tar.xz out plain src ");
}

static void plain_entries_need_no_pax_header(void **state)
{
	struct bench *b = *state;
	fill(b);
	write_ok(b, "a.tar");
	assert_string_equal(sh("grep -c PaxHeader a.tar || true"), "0\n");
	assert_string_equal(sh("stat -c %%s a.tar"), "10240\n");
	assert_string_equal(sh("head -c 263 a.tar | tail -c 6"), "ustar"); /* and a NUL */
}

static char *repeat(const char *part, size_t times, const char *end)
{
	size_t n = strlen(part);
	char *text = malloc(n * times + strlen(end) + 1);
	assert_non_null(text);
	for (size_t i = 0; i < times; i++)
		memcpy(text + i * n, part, n);
	memcpy(text + times * n, end, strlen(end) + 1);
	return text;
}

/* Each is written, listed and extracted; both tars must find the same bytes under the same name. */
static void names_survive_whatever_they_hold(void **state)
{
	struct bench *b = *state;
	char *long_dir = repeat("directory0/", 12, "x"); /* 133: split at a slash */
	char *long_name = repeat("n", 150, ""); /* over 100 without a slash */
	char *deep = repeat("abcdefghi/", 30, "\xc3\xa9"); /* 302 bytes, UTF-8 */
	char *raw = repeat("r\xff", 70, ""); /* 140, not UTF-8 */
	const char *const names[] = { "new\nline", "sp ace", "*glob?", "\xff\xfe short",
		"\xc3\xa9t\xc3\xa9", "back\\slash", long_dir, long_name, deep, raw };
	size_t n = sizeof(names) / sizeof(*names);
	for (size_t i = 0; i < n; i++)
		add_data(b, names[i], names[i]);
	add_link(b, "zlong", deep);
	add_link(b, "zraw", raw);
	write_ok(b, "a.tar");
	mkdir("gnu", 0755);
	mkdir("bsd", 0755);
	/* GNU tar says of an hdrcharset that it does not know it, and is right about the name. */
	sh("tar xf a.tar -C gnu 2>/dev/null; LC_ALL=C.UTF-8 bsdtar xf a.tar -C bsd");
	assert_string_equal(sh("diff -r --no-dereference gnu bsd"), "");
	for (size_t i = 0; i < n; i++) {
		char path[400], text[400] = "";
		snprintf(path, sizeof(path), "gnu/%s", names[i]);
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		assert_true(fd >= 0);
		assert_int_equal(read(fd, text, sizeof(text)), (ssize_t)strlen(names[i]));
		assert_string_equal(text, names[i]);
		close(fd);
	}
	char target[400] = "";
	assert_int_equal(readlink("gnu/zlong", target, sizeof(target)), (ssize_t)strlen(deep));
	assert_string_equal(target, deep);
	/* Only the name that needs more than ustar and is not UTF-8 says so, and its link. */
	assert_string_equal(sh("grep -ao hdrcharset=BINARY a.tar | wc -l"), "2\n");
	free(long_dir);
	free(long_name);
	free(deep);
	free(raw);
}

static void numbers_too_large_for_ustar_go_into_pax(void **state)
{
	struct bench *b = *state;
	struct mkr_entry *e = add_data(b, "f", "x");
	e->uid = 3000000;
	e->gid = 4000000000;
	e = add_data(b, "old", "x");
	e->mtime = -86400;
	write_ok(b, "a.tar");
	assert_string_equal(sh("TZ=UTC tar tvf a.tar --numeric-owner"),
		"-rw-r--r-- 3000000/4000000000 1 2001-09-09 01:46 f\n"
		"-rw-r--r-- 0/0                1 1969-12-31 00:00 old\n");
}

static void xattrs_are_kept_byte_by_byte(void **state)
{
	struct bench *b = *state;
	skip_unless_root("security.capability is set by root only");
	/* cap_net_raw=ep, version 2 (linux/capability.h) */
	static const unsigned char cap[20] = { 1, 0, 0, 2, 0, 0x20 };
	const struct mkr_xattr xattrs[] = { { "security.capability", cap, sizeof(cap) },
		{ "user.note", "a=b\nc\0d", 7 } };
	struct mkr_entry *e = add_data(b, "ping", "x");
	e->xattrs = xattrs;
	e->n_xattrs = 2;
	write_ok(b, "a.tar");
	mkdir("x", 0755);
	assert_string_equal(sh("tar xf a.tar -C x --xattrs --xattrs-include='*'"), "");
	unsigned char got[64];
	assert_int_equal(getxattr("x/ping", "security.capability", got, sizeof(got)), 20);
	assert_memory_equal(got, cap, 20);
	assert_int_equal(getxattr("x/ping", "user.note", got, sizeof(got)), 7);
	assert_memory_equal(got, "a=b\nc\0d", 7);
	assert_string_equal(sh("bsdtar tf a.tar"), "ping\n");

	b->at[0].xattrs = &(struct mkr_xattr){ "user.a=b", "", 0 };
	b->at[0].n_xattrs = 1;
	assert_int_equal(write_to(b, "a.tar"), -EINVAL);
	assert_string_equal(
		b->err.text, "'ping': a tar cannot hold an attribute of the name 'user.a=b'");
}

/* What holds of all archives is tried with each. */
static const char *const formats[] = { "tar", "tar.gz", "tar.xz", "tar.zst", "cpio", "cpio.gz",
	"cpio.xz", "cpio.zst", "squashfs", NULL };

/* The header alone is made, the content is a hole: three programs seek over it. */
static void over_8_gib_three_programs_find_what_follows(void **state)
{
	struct bench *b = *state;
	const uint64_t size = UINT64_C(9) << 30;
	tar_bytes big = { 0 }, next = { 0 };
	const struct mkr_entry e = { .path = "big", .mode = S_IFREG | 0644, .size = size };
	const struct mkr_entry after = { .path = "after", .mode = S_IFREG | 0600 };
	assert_int_equal(tar_header(&big, &e, &b->err), 0);
	assert_int_equal(tar_header(&next, &after, &b->err), 0);
	int fd = open("a.tar", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	assert_int_equal(write(fd, big.at, big.n), (ssize_t)big.n);
	assert_int_equal(pwrite(fd, next.at, next.n, (off_t)(big.n + size)), (ssize_t)next.n);
	assert_int_equal(ftruncate(fd, (off_t)(big.n + size + next.n + 1024)), 0);
	close(fd);
	vec_free(&big);
	vec_free(&next);
	assert_string_equal(sh("TZ=UTC tar tvf a.tar --numeric-owner | tr -s ' '"),
		"-rw-r--r-- 0/0 9663676416 1970-01-01 00:00 big\n"
		"-rw------- 0/0 0 1970-01-01 00:00 after\n");
	assert_string_equal(sh("TZ=UTC bsdtar tvf a.tar | awk '{ print $5, $NF }'"),
		"9663676416 big\n0 after\n");
	assert_string_equal(sh("python3 -c 'import tarfile\nfor m in tarfile.open(\"a.tar\"): "
			       "print(m.size, m.name)'"),
		"9663676416 big\n0 after\n");
}

static void elsewhere(struct bench *b)
{
	umask(0777 & ~0700);
	setenv("TZ", "Asia/Tokyo", 1);
	setenv("LC_ALL", "C", 1);
	setenv("TAR_OPTIONS", "--bogus", 1);
	setenv("XZ_DEFAULTS", "-T7", 1);
	setenv("ZSTD_CLEVEL", "19", 1);
	char out[100];
	snprintf(out, sizeof(out), "%s/out", b->dir);
	if (chdir(out) < 0)
		_exit(1);
	if (geteuid() == 0 && (setgid(12345) < 0 || setuid(12345) < 0))
		_exit(2);
	for (size_t i = 0; formats[i]; i++) {
		char name[20];
		snprintf(name, sizeof(name), "b.%s", formats[i]);
		struct mkr_target to = { .output = name, .level = -1, .threads = 3 };
		if (mkr_write(b->at, b->n, &to, NULL, &b->err) < 0)
			_exit(3);
	}
	_exit(0);
}

static void the_bytes_are_the_same_everywhere(void **state)
{
	struct bench *b = *state;
	fill(b);
	/* more than a block of each compression */
	sh("(cat /bin/bash; head -c 9000000 /dev/zero; cat /bin/ls) > src/big");
	clamp(add_file(b, "\xc3\xa9", "big"));
	for (size_t i = 0; formats[i]; i++) {
		char name[20];
		snprintf(name, sizeof(name), "a.%s", formats[i]);
		struct mkr_target to = { .output = name, .level = -1, .threads = 1 };
		assert_int_equal(mkr_write(b->at, b->n, &to, NULL, &b->err), 0);
	}
	assert_int_equal(in_child(b, elsewhere), 0);
	for (size_t i = 0; formats[i]; i++)
		assert_string_equal(sh("cmp a.%s out/b.%s", formats[i], formats[i]), "");
	/* gzip(1): no time, no name */
	assert_memory_equal(sh("od -An -tx1 -N8 a.tar.gz"), " 1f 8b 08 00 00 00 00 00", 24);
}

static void the_mode_is_that_of_the_umask(void **state)
{
	struct bench *b = *state;
	add_data(b, "f", "x");
	mode_t old = umask(027);
	write_ok(b, "a.tar");
	umask(old);
	assert_string_equal(sh("stat -c %%a a.tar"), "640\n");
}

static void one_that_exists_is_replaced_when_the_new_one_is_whole(void **state)
{
	struct bench *b = *state;
	put("src/f", "new");
	add_file(b, "f", "f");
	put("a.tar", "old");
	b->at[0].size = 4; /* so the source is not what it was */
	assert_int_equal(write_to(b, "a.tar"), -ESTALE);
	assert_string_equal(sh("cat a.tar; ls -A"), "olda.tar\nout\nsrc\n");
	b->at[0].size = 3;
	assert_int_equal(symlink("a.tar", "link.tar"), 0);
	write_ok(b, "link.tar"); /* written where it leads to */
	assert_string_equal(sh("tar tf a.tar; stat -c %%F link.tar"), "f\nsymbolic link\n");
}

/* More than a buffer, so that writing fails before the end too. */
static void fill_large(struct bench *b)
{
	sh("head -c 3000000 /dev/urandom > src/large");
	add_file(b, "large", "large");
}

static void a_full_device_is_one_clear_error(void **state)
{
	struct bench *b = *state;
	fill_large(b);
	for (size_t i = 0; formats[i]; i++) {
		char name[20];
		snprintf(name, sizeof(name), "full.%s", formats[i]);
		assert_int_equal(symlink("/dev/full", name), 0);
		if (strcmp(formats[i], "squashfs") == 0)
			continue; /* not into a device */
		assert_int_equal(write_to(b, name), -ENOSPC);
		assert_non_null(strstr(b->err.text, ": No space left on device"));
		assert_non_null(strstr(b->err.text, name));
	}
	assert_int_equal(write_to(b, "tar:/dev/full"), -ENOSPC);
	assert_string_equal(b->err.text, "cannot write '/dev/full': No space left on device");
	assert_string_equal(sh("ls -lL /dev/full | cut -c1"), "c\n");
}

static void on_small_tmpfs(struct bench *b)
{
	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		mount("none", "out", "tmpfs", 0, "size=1m") < 0)
		_exit(77);
	for (int i = 0; formats[i]; i++) {
		char name[20];
		snprintf(name, sizeof(name), "out/a.%s", formats[i]);
		if (write_to(b, name) != -ENOSPC || system("test -z \"$(ls -A out)\"") != 0)
			_exit(30 + i);
	}
	if (write_to(b, "out/root") != -ENOSPC || system("test -z \"$(ls -A out)\"") != 0)
		_exit(10);
	/* A file with a name from the start, where there is no /proc to give it one by. */
	if (mount("none", "/proc", "tmpfs", 0, NULL) < 0)
		_exit(77);
	if (write_to(b, "out/a.tar") != -ENOSPC || system("test -z \"$(ls -A out)\"") != 0)
		_exit(20);
	if (write_to(b, "named.tar") < 0)
		_exit(21);
	if (mount("none", "src", NULL, MS_BIND, NULL) == 0)
		_exit(22);
	if (mount("src", "src", NULL, MS_BIND, NULL) < 0 ||
		mount("none", "src", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) < 0)
		_exit(77);
	_exit(write_to(b, "src/a.tar") == -EROFS ? 0 : 23);
}

static void a_full_disk_leaves_nothing(void **state)
{
	struct bench *b = *state;
	skip_unless_root("a small tmpfs");
	fill_large(b);
	int status = in_child(b, on_small_tmpfs);
	if (status == 77)
		skip();
	assert_int_equal(status, 0);
	assert_string_equal(sh("ls -A; tar tf named.tar"), "named.tar\nout\nsrc\nlarge\n");
}

static void into_a_closed_pipe(struct bench *b)
{
	int fds[2];
	signal(SIGPIPE, SIG_IGN);
	if (pipe(fds) < 0 || close(fds[0]) < 0 || dup2(fds[1], STDOUT_FILENO) < 0)
		_exit(1);
	bool ok = write_to(b, "-") == -EPIPE &&
		strcmp(b->err.text, "cannot write 'standard output': Broken pipe") == 0;
	_exit(ok ? 0 : 2);
}

static void to_stdout(struct bench *b)
{
	int fd = open("stdout.tar", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (dup2(fd, STDOUT_FILENO) < 0)
		_exit(1);
	_exit(write_to(b, "-") == 0 ? 0 : 2);
}

static void to_terminal(struct bench *b)
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || grantpt(fd) < 0 || unlockpt(fd) < 0)
		_exit(77);
	int tty = open(ptsname(fd), O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (tty < 0 || dup2(tty, STDOUT_FILENO) < 0)
		_exit(77);
	struct mkr_target to = { .output = "-", .level = -1 };
	bool ok = mkr_target_check(&to, &b->err) == -EPERM && write_to(b, "-") == -EPERM;
	_exit(ok ? 0 : 2);
}

static void a_dash_is_standard_output(void **state)
{
	struct bench *b = *state;
	fill(b);
	sh("head -c 3000000 /dev/urandom > src/large");
	clamp(add_file(b, "z", "large"));
	write_ok(b, "a.tar");
	assert_int_equal(in_child(b, to_stdout), 0);
	assert_string_equal(sh("cmp a.tar stdout.tar"), "");
	assert_int_equal(in_child(b, into_a_closed_pipe), 0);
	int status = in_child(b, to_terminal);
	if (status != 77)
		assert_int_equal(status, 0);
}

static void a_place_that_cannot_be_written_to_is_named(void **state)
{
	struct bench *b = *state;
	add_data(b, "f", "x");
	assert_int_equal(write_to(b, "gone/a.tar"), -ENOENT);
	assert_string_equal(
		b->err.text, "cannot open the folder 'gone': No such file or directory");
	assert_int_equal(write_to(b, "src/."), 0); /* a folder */
	assert_int_equal(write_to(b, "tar:src"), -EISDIR);
	assert_string_equal(b->err.text, "'src' is a folder");
	put("file", "");
	assert_int_equal(write_to(b, "file/a.tar"), -ENOTDIR);
	char name[300];
	snprintf(name, sizeof(name), "%0280d.tar", 0);
	assert_int_equal(write_to(b, name), -ENAMETOOLONG);
	name[255 - 4] = '\0';
	strcat(name, ".tar");
	write_ok(b, name); /* 255 bytes: there is still room for the temporary name */
	struct mkr_target to = { .output = "a.tar.gz", .level = 13 };
	assert_int_equal(mkr_target_check(&to, &b->err), -EINVAL);
	assert_string_equal(b->err.text, "gzip has the levels 0 to 12, not 13");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(gnu_tar_lists_what_was_meant),
		bench_test(plain_entries_need_no_pax_header),
		bench_test(names_survive_whatever_they_hold),
		bench_test(numbers_too_large_for_ustar_go_into_pax),
		bench_test(over_8_gib_three_programs_find_what_follows),
		bench_test(xattrs_are_kept_byte_by_byte),
		bench_test(the_bytes_are_the_same_everywhere),
		bench_test(the_mode_is_that_of_the_umask),
		bench_test(one_that_exists_is_replaced_when_the_new_one_is_whole),
		bench_test(a_full_device_is_one_clear_error),
		bench_test(a_full_disk_leaves_nothing),
		bench_test(a_dash_is_standard_output),
		bench_test(a_place_that_cannot_be_written_to_is_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
