#include "sink_test.h"

#include "sink/tree.h"

/* What -o words mean, told by mkr_target_check(): nothing of it is created. */
static const struct {
	const char *output;
	int code;
	const char *text;
} outputs[] = {
	{ "root", 0, NULL },
	{ "root/", 0, NULL },
	{ "root//", 0, NULL },
	{ "src", 0, NULL },
	{ "src/", 0, NULL },
	{ "src/.", 0, NULL },
	{ "./debian-12.1/", 0, NULL },
	{ "dir:x.tar", 0, NULL },
	{ "tar:root", 0, NULL },
	{ "x.cpio", 0, NULL },
	{ "x.cpio.zst", 0, NULL },
	{ "cpio:x.tar", 0, NULL },
	{ "x.squashfs", 0, NULL },
	{ "squashfs:-", -EINVAL, "'-' is no file: a squashfs is not written in one go" },
	{ "squashfs:/dev/null", -EINVAL,
		"'/dev/null' is no file: a squashfs is not written in one go" },
	{ "oci:img", 0, NULL },
	{ "oci:img:1.0", 0, NULL },
	{ "oci:img:host:5000/app:1.0", 0, NULL },
	{ "oci::1.0", -EINVAL, "output 'oci::1.0' names no file" },
	{ "oci:img:", -EINVAL, "'' is no tag of an image" },
	{ "oci:img:a b", -EINVAL, "'a b' is no tag of an image" },
	{ "oci:.", -EPERM, "'.' is a folder, and no OCI image layout" },
	{ "oci:file", -ENOTDIR, "'file' is not a folder" },
	{ "oci-archive:x:1.0", 0, NULL },
	{ "oci-archive:x.tar.gz", -EINVAL,
		"an oci-archive is not compressed as a whole, its layers are: 'x.tar.gz'" },
	{ "docker-archive:x.tar.gz:app", 0, NULL },
	{ "docker-archive:x:App", -EINVAL, "'App' is no name that docker takes" },
	{ "bundle:b", 0, NULL },
	{ "bundle:home", -EPERM, "'home' is a home folder: nothing is written into it" },
	{ "x.tar", 0, NULL },
	{ "a.b.tgz", 0, NULL },
	{ "./oci:x", 0, NULL },
	{ "a:b", 0, NULL }, /* one letter is no word */
	{ ".hidden", 0, NULL },
	{ NULL, -EINVAL, "the output has no name" },
	{ "", -EINVAL, "the output has no name" },
	{ "tar:", -EINVAL, "output 'tar:' names no file" },
	{ "x.rar", -EINVAL, "unknown output suffix '.rar'" },
	{ "x.tar.lz", -EINVAL, "unknown output suffix '.lz'" },
	{ "debian-12.1", -EINVAL, "unknown output suffix '.1'" },
	{ "rar:x", -EINVAL, "unknown output format 'rar'" },
	{ "gone/x.tar", -ENOENT, "cannot open the folder 'gone': No such file or directory" },
	{ "gone/x/", -ENOENT, "cannot open the folder 'gone': No such file or directory" },
	{ "gone/.", -ENOENT, "cannot open the folder 'gone/.': No such file or directory" },
	{ "file", -ENOTDIR, "'file' is there and is not a folder" },
	{ "file/", -ENOTDIR, "'file/' is there and is not a folder" },
	{ "file/x", -ENOTDIR, "'file/x' is there and is not a folder" },
	{ "dir.tar", -EISDIR, "'dir.tar' is a folder" },
	{ "loop", -ELOOP, "cannot open the folder 'loop': Too many levels of symbolic links" },
	{ "/", -EPERM, "'/' is the root of this system: nothing is written into it" },
	{ "//.", -EPERM, "'//.' is the root of this system: nothing is written into it" },
	{ "../../../..", -EPERM,
		"'../../../..' is the root of this system: nothing is written into it" },
	{ "slash", -EPERM, "'slash' is the root of this system: nothing is written into it" },
	{ "dir:home", -EPERM, "'home' is a home folder: nothing is written into it" },
	{ "home/../home/", -EPERM, "'home/../home/' is a home folder: nothing is written into it" },
	{ "tohome", -EPERM, "'tohome' is a home folder: nothing is written into it" },
	{ "home/new", 0, NULL },
	{ "/proc", -EPERM, "'/proc' is a mount point: nothing is written into it" },
};

static void each_output_is_understood_or_refused(void **state)
{
	struct bench *b = *state;
	put("file", "");
	mkdir("home", 0755);
	mkdir("dir.tar", 0755);
	assert_int_equal(symlink("loop", "loop") | symlink("/", "slash"), 0);
	assert_int_equal(symlink("home", "tohome"), 0);
	for (size_t i = 0; i < sizeof(outputs) / sizeof(*outputs); i++) {
		struct mkr_target to = { .output = outputs[i].output, .level = -1, .home = "home" };
		b->err.text[0] = '\0';
		int r = mkr_target_check(&to, &b->err);
		if (r != outputs[i].code)
			fail_msg("'%s': %d %s", to.output, r, b->err.text);
		if (r < 0)
			assert_string_equal(b->err.text, outputs[i].text);
	}
	assert_string_equal(sh("ls"), "dir.tar\nfile\nhome\nloop\nout\nslash\nsrc\ntohome\n");
}

static void an_unknown_suffix_lists_the_known_ones(void **state)
{
	struct bench *b = *state;
	assert_int_equal(write_to(b, "x.rar"), -EINVAL);
	assert_string_equal(b->err.detail,
		"known: dir: tar: .tar .tar.gz .tgz .tar.xz .tar.zst cpio: .cpio "
		".cpio.gz .cpio.xz .cpio.zst squashfs: .squashfs .sqfs oci: oci-archive: "
		"docker-archive: bundle:\n"
		"hint: for a folder of this name: 'x.rar/'\n");
	assert_int_equal(write_to(b, "rar:x"), -EINVAL);
	assert_string_equal(b->err.detail,
		"known: dir: tar: .tar .tar.gz .tgz .tar.xz .tar.zst cpio: .cpio "
		".cpio.gz .cpio.xz .cpio.zst squashfs: .squashfs .sqfs oci: oci-archive: "
		"docker-archive: bundle:\n"
		"hint: for a file or folder of this name: './rar:x'\n");
	assert_non_null(strstr(mkr_target_help(0), "a folder"));
	assert_non_null(strstr(mkr_target_help(2), "standard output"));
	assert_non_null(strstr(mkr_target_help(3), "initramfs"));
	assert_non_null(strstr(mkr_target_help(4), "squashfs"));
	assert_non_null(strstr(mkr_target_help(5), "OCI image"));
	assert_non_null(strstr(mkr_target_help(8), "crun"));
	assert_null(mkr_target_help(9));
}

static void the_homes_of_people_are_refused_by_themselves(void **state)
{
	struct bench *b = *state;
	const char *home = sh("getent passwd 0 | cut -d: -f6");
	char path[200];
	snprintf(path, sizeof(path), "%.*s", (int)strcspn(home, "\n"), home);
	struct stat st;
	if (strcmp(path, "/") == 0 || stat(path, &st) < 0)
		skip();
	struct mkr_target to = { .output = path, .level = -1 };
	assert_int_equal(mkr_target_check(&to, &b->err), -EPERM);
	assert_non_null(strstr(b->err.text, "home folder"));
}

enum change { SHRINK, GROW, TOUCH, REPLACE, REMOVE, LINK, CHANGES };

static void change_source(enum change c)
{
	switch (c) {
	case SHRINK:
		assert_int_equal(truncate("src/f", 3), 0);
		break;
	case GROW:
		put("src/f", "twelve bytes and more");
		break;
	case TOUCH:
		sh("touch -d '2001-01-01' src/f");
		break;
	case REPLACE:
		sh("cp -p src/f src/g; mv src/g src/f");
		break;
	case REMOVE:
		unlink("src/f");
		break;
	default:
		sh("mv src/f src/g; cp -p src/g src/h; ln -s h src/f");
	}
}

static void a_source_that_changed_is_named(void **state)
{
	struct bench *b = *state;
	static const char *const names[] = { "a.tar", "a.tar.zst", "new", "a.cpio", "a.cpio.gz",
		"a.squashfs" };
	for (enum change c = 0; c < CHANGES; c++) {
		for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
			b->n = 0;
			unlink("src/f");
			put("src/f", "twelve bytes");
			add_dir(b, "d", 0755);
			add_file(b, "d/f", "f");
			change_source(c);
			assert_int_equal(write_to(b, names[i]), -ESTALE);
			assert_string_equal(b->err.text, "'/f' changed while it was read");
		}
	}
	assert_string_equal(sh("ls -A"), "out\nsrc\n");
}

static void a_clamped_time_is_no_change(void **state)
{
	struct bench *b = *state;
	put("src/f", "x");
	struct mkr_entry *e = add_file(b, "f", "f");
	e->mtime = 1000000000; /* SOURCE_DATE_EPOCH */
	e->mtime_nsec = 0;
	write_ok(b, "a.tar");
	e->mtime = INT64_C(1) << 33; /* newer than the file: this was no clamp */
	assert_int_equal(write_to(b, "a.tar"), -ESTALE);
}

static void a_socket_is_refused_by_name(void **state)
{
	struct bench *b = *state;
	add(b, (struct mkr_entry){ .path = "run/sock", .mode = S_IFSOCK | 0666 });
	assert_int_equal(write_to(b, "a.tar"), -EINVAL);
	assert_string_equal(b->err.text, "'run/sock' is a socket: no format holds one");
}

static void a_tree_follows_links_only_when_told(void **state)
{
	(void)state;
	sh("mkdir -p src/a/b/c src/a-b; ln -s a src/l");
	int fd = open("src", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct tree t = TREE_OF(fd);
	static const struct {
		const char *path, *base;
		int code;
	} rows[] = {
		{ "a", "a", 0 },
		{ "a-b/x", "x", 0 },
		{ "a/b/c/x", "x", 0 },
		{ "a/b/cx", "cx", 0 },
		{ "a/x", "x", 0 },
		{ "l/b/x", "x", -ENOTDIR },
		{ "l", "l", 0 },
		{ "a/gone/x", "x", -ENOENT },
		{ "a/b/y", "y", 0 },
		{ "../x", "x", -EINVAL },
		{ "a/../x", "x", -EINVAL },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *base;
		int dir = tree_parent(&t, rows[i].path, &base);
		assert_string_equal(base, rows[i].base);
		if (rows[i].code) {
			assert_int_equal(dir, rows[i].code);
			continue;
		}
		char parent[64];
		struct stat st, want;
		snprintf(parent, sizeof(parent), "src/%.*s", (int)(base - rows[i].path),
			rows[i].path);
		assert_int_equal(stat(parent, &want) | fstat(dir, &st), 0);
		assert_int_equal(st.st_ino, want.st_ino);
	}
	tree_reset(&t);
	t = TREE_OF_LINKS(fd);
	const char *base;
	struct stat st, want;
	assert_int_equal(fstat(tree_parent(&t, "l/b/x", &base), &st) | stat("src/a/b", &want), 0);
	assert_int_equal(st.st_ino, want.st_ino);
	assert_true(tree_is_dir(&t, "l") && tree_is_dir(&t, "a/b") && !tree_is_dir(&t, "gone"));
	tree_reset(&t);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(each_output_is_understood_or_refused),
		bench_test(an_unknown_suffix_lists_the_known_ones),
		bench_test(the_homes_of_people_are_refused_by_themselves),
		bench_test(a_source_that_changed_is_named),
		bench_test(a_clamped_time_is_no_change),
		bench_test(a_socket_is_refused_by_name),
		bench_test(a_tree_follows_links_only_when_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
