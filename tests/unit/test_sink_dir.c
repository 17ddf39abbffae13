#include "sink_test.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

static const char list[] = "find %s -printf '%%P %%y %%m %%T@ %%n %%l\\n' | LC_ALL=C sort";

/* Sources keep their nanoseconds, directories are closed to their owner once they are made. */
static void fill(struct bench *b)
{
	put("src/prog", "program\n");
	sh("touch -d '2002-02-02 02:02:02.123456789 UTC' src/prog; chmod 555 src/prog");
	add_dir(b, "bin", 0555);
	add_file(b, "bin/prog", "prog");
	struct mkr_entry *e =
		add(b, (struct mkr_entry){ .path = "bin/twin", .target = "bin/prog" });
	e->mode = S_IFREG | 0555;
	e->size = 8;
	add_dir(b, "etc", 0755);
	e = add_data(b, "etc/hosts", "localhost\n");
	e->mode = S_IFREG | 0666;
	add_link(b, "lib", "usr/lib");
	add_link(b, "out", "../../../etc");
	add(b, (struct mkr_entry){ .path = "pipe", .mode = S_IFIFO | 0622 });
	add_dir(b, "tmp", 01777);
}

static const char filled[] = "bin d 555 1000000000.0000000000 2 \n"
			     "bin/prog f 555 1012615322.1234567890 2 \n"
			     "bin/twin f 555 1012615322.1234567890 2 \n"
			     "etc d 755 1000000000.0000000000 2 \n"
			     "etc/hosts f 666 1000000000.0000000000 1 \n"
			     "lib l 777 1000000000.0000000000 1 usr/lib\n"
			     "out l 777 1000000000.0000000000 1 ../../../etc\n"
			     "pipe p 622 1000000000.0000000000 1 \n"
			     "tmp d 1777 1000000000.0000000000 2 \n";

static void everything_is_as_it_was_meant(void **state)
{
	struct bench *b = *state;
	fill(b);
	b->at[1].xattrs = &(struct mkr_xattr){ "user.note", "1", 1 };
	b->at[1].n_xattrs = 1;
	mode_t old = umask(0777);
	int r = write_to(b, "new/");
	umask(old);
	assert_int_equal(r, 0);
	assert_string_equal(sh(list, "new -mindepth 1"), filled);
	assert_string_equal(sh("stat -c '%%a %%Y' new; cat new/etc/hosts new/bin/twin; ls -A"),
		"755 1012615322\nlocalhost\nprogram\nnew\nout\nsrc\n");
	char note[2] = "";
	if (getxattr("new/bin/twin", "user.note", note, 1) < 0) /* tmpfs before Linux 6.6 */
		assert_string_equal(b->warnings,
			"'bin/prog': user.note is left out: Operation not supported\n");
	else
		assert_string_equal(note, "1");
	assert_int_equal(b->written.files, 9);
	assert_int_equal(b->written.bytes, 18);
}

static void as_user(struct bench *b)
{
	if (geteuid() == 0 && (setgid(12345) < 0 || setuid(12345) < 0))
		_exit(1);
	struct mkr_entry *e = add_data(b, "zz", "x");
	e->uid = 7;
	e->mode |= 06000;
	if (write_to(b, "out/new") < 0)
		_exit(2);
	if (strcmp(b->warnings, "'zz': set-id bits are left out: its owner 7:0 cannot be set\n") !=
		0)
		_exit(3);
	/* bin is closed even to its owner: that is found before anything is done */
	if (write_to(b, "out/new") != -EACCES ||
		strcmp(b->err.text, "cannot create 'bin/prog' in 'out/new': Permission denied") !=
			0)
		_exit(4);
	_exit(0);
}

static void a_user_gets_the_same_folder(void **state)
{
	struct bench *b = *state;
	fill(b);
	assert_int_equal(in_child(b, as_user), 0);
	assert_string_equal(sh("stat -c %%a out/new/zz; rm out/new/zz"), "2644\n");
	assert_string_equal(sh(list, "out/new -mindepth 1"), filled);
	assert_string_equal(sh("ls -A out src"), "out:\nnew\n\nsrc:\nprog\n");
}

static void owners_nodes_and_capabilities_are_set_by_root(void **state)
{
	struct bench *b = *state;
	skip_unless_root("chown, mknod, security.capability");
	static const unsigned char cap[20] = { 1, 0, 0, 2, 0, 0x20 };
	const struct mkr_xattr x = { "security.capability", cap, sizeof(cap) };
	struct mkr_entry *e = add_dir(b, "d", 02750);
	e->uid = 5;
	e->gid = 6;
	e = add_data(b, "d/ping", "x");
	e->mode = S_IFREG | 06755;
	e->uid = 7;
	e->gid = 8;
	e->xattrs = &x;
	e->n_xattrs = 1;
	e = add_link(b, "d/sym", "ping");
	e->uid = 9;
	e = add(b, (struct mkr_entry){ .path = "null", .mode = S_IFCHR | 0666 });
	e->dev_major = 1;
	e->dev_minor = 3;
	write_ok(b, "new");
	assert_string_equal(sh("cd new; stat -c '%%n %%u:%%g %%a %%t,%%T' d d/ping d/sym null"),
		"d 5:6 2750 0,0\nd/ping 7:8 6755 0,0\nd/sym 9:0 777 0,0\nnull 0:0 666 1,3\n");
	unsigned char got[32];
	assert_int_equal(getxattr("new/d/ping", "security.capability", got, sizeof(got)), 20);
	assert_memory_equal(got, cap, 20);
}

static void caps_as_user(struct bench *b)
{
	if (geteuid() == 0 && (setgid(12345) < 0 || setuid(12345) < 0))
		_exit(1);
	bool ok = write_to(b, "out/new") == 0 &&
		strcmp(b->warnings,
			"'ping': security.capability is left out: Operation not permitted\n") == 0;
	b->at[b->n++] = (struct mkr_entry){ .path = "sda", .mode = S_IFBLK | 0600, .dev_major = 8 };
	ok = ok && write_to(b, "out/dev") == -EPERM &&
		strcmp(b->err.text, "cannot create 'sda': Operation not permitted") == 0;
	_exit(ok ? 0 : 2);
}

static void what_a_user_cannot_set_is_told(void **state)
{
	struct bench *b = *state;
	static const unsigned char cap[20] = { 1, 0, 0, 2, 0, 0x20 };
	const struct mkr_xattr x = { "security.capability", cap, sizeof(cap) };
	struct mkr_entry *e = add_data(b, "ping", "x");
	e->xattrs = &x;
	e->n_xattrs = 1;
	assert_int_equal(in_child(b, caps_as_user), 0);
	assert_string_equal(sh("ls -A out"), "new\n");
}

static void one_that_exists_is_added_to(void **state)
{
	struct bench *b = *state;
	fill(b);
	sh("mkdir -p new/etc new/srv; chmod 700 new/etc; echo old > new/etc/hosts;"
	   "echo mine > new/etc/mine; ln -s usr/lib new/lib; ln -s elsewhere new/out;"
	   "ln new/etc/hosts other; touch -d '1999-09-09 UTC' new/srv new/lib -h;"
	   "stat -c %%i new/lib > lib.before");
	write_ok(b, "new");
	sh("chmod 755 new/bin"); /* or an ordinary user could not write into it */
	write_ok(b, "new"); /* twice is the same */
	/* directories stay as they are, the rest is the plan's */
	assert_string_equal(
		sh("stat -c '%%n %%a' new/etc new/srv; cat other new/etc/hosts new/etc/mine"),
		"new/etc 700\nnew/srv 755\nold\nlocalhost\nmine\n");
	assert_string_equal(
		sh("stat -c %%Y new/srv; stat -c %%i new/lib | cmp - lib.before"), "936835200\n");
	assert_string_equal(
		sh("readlink new/out; stat -c '%%a %%h' new/bin new/bin/prog; ls -A new"),
		"../../../etc\n755 2\n555 2\nbin\netc\nlib\nout\npipe\nsrv\ntmp\n");
}

static void a_link_to_a_folder_inside_is_a_folder(void **state)
{
	struct bench *b = *state;
	static const char *const links[] = { "usr/sbin", "/usr/sbin", "lib", "../../usr/./sbin/" };
	fill(b);
	for (size_t i = 0; i < 4; i++) {
		sh("rm -rf new; mkdir -p new/usr/sbin new/usr/lib; ln -s usr/sbin new/lib; ln -s "
		   "%s new/bin;"
		   "rm new/lib; test %s != lib || ln -s usr/lib new/lib",
			links[i], links[i]);
		write_ok(b, "new");
		assert_string_equal(sh("readlink new/bin | tr -d '\n'"), links[i]);
		assert_string_equal(
			sh("cat new/usr/%s/twin", i == 2 ? "lib" : "sbin"), "program\n");
	}
}

static void no_link_leads_out(void **state)
{
	struct bench *b = *state;
	char absolute[100];
	snprintf(absolute, sizeof(absolute), "%s/elsewhere", b->dir);
	const char *const links[] = { "../elsewhere", "/elsewhere", absolute, "../../../../etc" };
	fill(b);
	mkdir("elsewhere", 0755);
	for (size_t i = 0; i < 4; i++) {
		sh("rm -rf new; mkdir new; ln -s %s new/bin", links[i]);
		assert_int_equal(write_to(b, "new"), -EEXIST);
		assert_string_equal(sh("ls -A new elsewhere"), "elsewhere:\n\nnew:\nbin\n");
	}
}

static void a_conflict_is_found_before_anything_is_written(void **state)
{
	struct bench *b = *state;
	static const struct {
		const char *before, *text;
	} rows[] = {
		{ "echo x > new/bin", "'bin' in 'new' is a file, but a folder is to be there" },
		{ "ln -s ../src new/bin",
			"'bin' in 'new' is a symbolic link to ../src, but a folder is to be "
			"there" },
		{ "mkdir -p new/bin/prog",
			"'bin/prog' in 'new' is a folder, but a file is to be there" },
		{ "mkdir new/lib",
			"'lib' in 'new' is a folder, but a symbolic link is to be there" },
		{ "ln -s x new/pipe",
			"'pipe' in 'new' is a symbolic link to x, but a FIFO is to be there" },
		{ "mkdir new/etc; mkfifo new/etc/hosts",
			"'etc/hosts' in 'new' is a FIFO, but a file is to be there" },
	};
	fill(b);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		sh("rm -rf new; mkdir -p new/etc; echo old > new/etc/hosts; rm -r new/etc; mkdir "
		   "new/d;"
		   "%s; %s > before; ls -R src > src.before",
			rows[i].before, "find new -printf '%p %i %T@ %C@\\n' | sort");
		assert_int_equal(write_to(b, "new"), -EEXIST);
		assert_string_equal(b->err.text, rows[i].text);
		sh("find new -printf '%%p %%i %%T@ %%C@\\n' | sort | cmp - before;"
		   "ls -R src | cmp - src.before");
	}
	assert_string_equal(b->err.detail, "new: a file: wanted by a test\n");
}

/* The last entry cannot be made, long after the others were. */
static void a_failure_leaves_what_was_there(void **state)
{
	struct bench *b = *state;
	fill(b);
	add(b, (struct mkr_entry){ .path = "zz", .target = "gone", .mode = S_IFREG | 0644 });
	assert_int_equal(write_to(b, "new"), -ENOENT);
	assert_string_equal(b->err.text, "cannot link 'zz' to 'gone': No such file or directory");
	assert_string_equal(sh("ls -A"), "out\nsrc\n");
	sh("mkdir -p new/etc; echo old > new/etc/hosts; find new -printf '%%p %%i\\n' > before");
	assert_int_equal(write_to(b, "new"), -ENOENT);
	sh("find new -printf '%%p %%i\\n' | cmp - before; cat new/etc/hosts | grep -q old");
	assert_string_equal(sh("ls -A"), "before\nnew\nout\nsrc\n");
}

/* An immutable file lets everything be compared and staged, but not be moved in. */
static void a_failed_move_is_undone(void **state)
{
	struct bench *b = *state;
	skip_unless_root("chattr +i");
	fill(b);
	add_data(b, "zz", "new");
	sh("mkdir -p new/etc; echo old > new/etc/hosts; ln -s y new/out; mkfifo new/pipe; touch "
	   "new/zz;"
	   "find new -printf '%%p %%i %%m %%l\n' | sort > before");
	if (system("chattr +i new/zz 2>/dev/null") != 0)
		skip();
	int r = write_to(b, "new");
	sh("chattr -i new/zz");
	assert_int_equal(r, -EPERM);
	assert_string_equal(b->err.text, "cannot put 'zz' into 'new': Operation not permitted");
	sh("find new -printf '%%p %%i %%m %%l\n' | sort | cmp - before; grep -q old new/etc/hosts");
	assert_string_equal(sh("ls -A"), "before\nnew\nout\nsrc\n");
}

static void under_mounts(struct bench *b)
{
	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		mkdir("new", 0755) < 0 || mkdir("new/bin", 0755) < 0 ||
		mount("new/bin", "new/bin", NULL, MS_BIND, NULL) < 0)
		_exit(77);
	/* A bind mount of the same file system: only rename(2) notices, and all is undone. */
	if (write_to(b, "new") != -EXDEV ||
		system("test -z \"$(ls -A new/bin)\" -a \"$(ls -A new)\" = bin"))
		_exit(1);
	sh("touch new/bin/x");
	if (write_to(b, "new/bin") != -EPERM || !strstr(b->err.text, "is a mount point"))
		_exit(2);
	sh("rm new/bin/x");
	if (mount("none", "new/bin", "tmpfs", 0, NULL) < 0)
		_exit(77);
	if (write_to(b, "new") != -EXDEV ||
		strcmp(b->err.text, "'bin/prog' in 'new' lies on another file system") != 0)
		_exit(3);
	_exit(write_to(b, "new/bin/sub") == 0 ? 0 : 4);
}

static void mounts_are_neither_written_over_nor_into(void **state)
{
	struct bench *b = *state;
	skip_unless_root("mount");
	fill(b);
	int status = in_child(b, under_mounts);
	if (status == 77)
		skip();
	assert_int_equal(status, 0);
}

static void what_the_folder_around_it_says_is_not_inherited(void **state)
{
	struct bench *b = *state;
	fill(b);
	sh("mkdir around; chmod 2777 around; setfacl -d -m u:5:rwx around 2>/dev/null || true");
	write_ok(b, "around/new");
	assert_string_equal(sh(list, "around/new -mindepth 1"), filled);
	assert_string_equal(sh("stat -c %%a around/new; ls -ld around/new | cut -c11"), "755\n \n");
}

static void holes_are_kept(void **state)
{
	struct bench *b = *state;
	sh("truncate -s 8M src/sparse; printf x >> src/sparse");
	add_file(b, "sparse", "sparse");
	write_ok(b, "new");
	assert_string_equal(
		sh("cmp src/sparse new/sparse; test $(stat -c %%b new/sparse) -lt 64"), "");
}

static void paths_may_be_deep_and_odd(void **state)
{
	struct bench *b = *state;
	char *paths[13], name[201], all[2800] = "";
	memset(name, 'n', 200);
	name[200] = '\0';
	for (int i = 0; i < 12; i++) {
		strcat(all, i ? "/" : "");
		strcat(all, name);
		add_dir(b, paths[i] = strdup(all), 0700);
	}
	strcat(all, "/new\nline \xff");
	add_data(b, paths[12] = strdup(all), "x");
	write_ok(b, "new");
	assert_string_equal(sh("find new -type f -printf x"), "x");
	/* and are removed again */
	add(b, (struct mkr_entry){ .path = "zz", .target = "gone", .mode = S_IFREG | 0644 });
	assert_int_equal(write_to(b, "other"), -ENOENT);
	assert_string_equal(sh("ls -A"), "new\nout\nsrc\n");
	for (int i = 0; i < 13; i++)
		free(paths[i]);
}

static void an_empty_plan_makes_an_empty_folder(void **state)
{
	struct bench *b = *state;
	write_ok(b, "new");
	assert_string_equal(sh("ls -A new; stat -c %%a new"), "755\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(everything_is_as_it_was_meant),
		bench_test(a_user_gets_the_same_folder),
		bench_test(owners_nodes_and_capabilities_are_set_by_root),
		bench_test(what_a_user_cannot_set_is_told),
		bench_test(one_that_exists_is_added_to),
		bench_test(a_link_to_a_folder_inside_is_a_folder),
		bench_test(no_link_leads_out),
		bench_test(a_conflict_is_found_before_anything_is_written),
		bench_test(a_failure_leaves_what_was_there),
		bench_test(a_failed_move_is_undone),
		bench_test(mounts_are_neither_written_over_nor_into),
		bench_test(what_the_folder_around_it_says_is_not_inherited),
		bench_test(holes_are_kept),
		bench_test(paths_may_be_deep_and_odd),
		bench_test(an_empty_plan_makes_an_empty_folder),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
