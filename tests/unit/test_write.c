#include "sink_test.h"

#include "os/clear.h"
#include "os/temp.h"
#include "os/write.h"

#include <signal.h>
#include <sys/inotify.h>

static void a_new_file_appears_when_it_is_whole(void **state)
{
	(void)state;
	struct new_file f;
	struct mkr_error err;
	put("there", "old");
	static const char *const names[] = { "there", "fresh" };
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(new_file_open(&f, names[i], &err), 0);
		assert_int_equal(write_all(f.fd, "new", 3), 0);
		new_file_drop(&f);
	}
	assert_string_equal(sh("cat there; ls -A"), "oldout\nsrc\nthere\n");
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(new_file_open(&f, names[i], &err), 0);
		assert_int_equal(write_all(f.fd, "new", 3), 0);
		assert_int_equal(new_file_commit(&f), 0);
		new_file_drop(&f);
	}
	assert_string_equal(sh("cat there fresh; ls -A"), "newnewfresh\nout\nsrc\nthere\n");
}

static void killed(struct bench *b)
{
	struct new_file f;
	if (new_file_open(&f, "x.tar", &b->err) < 0 || write_all(f.fd, "new", 3) < 0)
		_exit(1);
	kill(getpid(), SIGKILL);
}

static void a_killed_writer_leaves_nothing(void **state)
{
	struct bench *b = *state;
	int fd = open(".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0)
		skip(); /* this file system has no files without names */
	close(fd);
	assert_int_equal(in_child(b, killed), 256 + SIGKILL);
	assert_string_equal(sh("ls -A"), "out\nsrc\n");
}

static void links_at_the_end_are_followed(void **state)
{
	(void)state;
	char name[NAME_MAX + 1];
	struct mkr_error err;
	assert_int_equal(symlink("out/b", "a") | symlink("../c", "out/b"), 0);
	int dir = open_parent("a", name, &err);
	assert_true(dir >= 0);
	assert_string_equal(name, "c");
	struct stat st, here;
	assert_int_equal(fstat(dir, &st) | stat(".", &here), 0);
	assert_int_equal(st.st_ino, here.st_ino);
	close(dir);
	assert_int_equal(open_parent("out/", name, &err), -EISDIR);
	assert_int_equal(open_parent("out/..", name, &err), -EISDIR);
}

static void links_of_others_in_a_shared_folder_are_not_followed(void **state)
{
	(void)state;
	char name[NAME_MAX + 1];
	struct new_file f;
	struct mkr_error err;
	if (geteuid() != 0)
		skip(); /* nobody else can be had */
	assert_int_equal(chmod("out", 01777), 0);
	put("src/kept", "kept");
	assert_int_equal(
		symlink("../src/kept", "out/x.tar") | lchown("out/x.tar", 65534, 65534), 0);
	assert_int_equal(open_parent("out/x.tar", name, &err), -EACCES);
	assert_string_equal(err.text, "cannot create 'out/x.tar': Permission denied");
	assert_string_equal(err.detail,
		"cause: it is another user's link, in a folder that all can write to\n");
	assert_int_equal(new_file_open(&f, "out/x.tar", &err), -EACCES);
	/* One's own is, and so is the folder's owner's. */
	assert_int_equal(lchown("out/x.tar", 0, 0), 0);
	close(open_parent("out/x.tar", name, &err));
	assert_string_equal(name, "kept");
	assert_int_equal(lchown("out/x.tar", 65534, 65534) | lchown("out", 65534, 65534), 0);
	close(open_parent("out/x.tar", name, &err));
	assert_string_equal(name, "kept");
	assert_int_equal(chmod("out", 0777) | lchown("out", 0, 0), 0);
	close(open_parent("out/x.tar", name, &err));
	assert_string_equal(name, "kept");
	assert_string_equal(sh("cat src/kept"), "kept");
}

static void a_fifo_and_a_device_are_written_into(void **state)
{
	(void)state;
	struct new_file f;
	struct mkr_error err;
	assert_int_equal(mkfifo("fifo", 0600), 0);
	int reader = open("fifo", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_int_equal(new_file_open(&f, "fifo", &err), 0);
	assert_int_equal(write_all(f.fd, "x", 1), 0);
	assert_int_equal(new_file_commit(&f), 0);
	new_file_drop(&f);
	char c = 0;
	assert_int_equal(read(reader, &c, 1), 1);
	close(reader);
	assert_int_equal(new_file_open(&f, "/dev/null", &err), 0);
	assert_int_equal(new_file_commit(&f), 0);
	new_file_drop(&f);
	assert_string_equal(sh("stat -c %%F fifo /dev/null"), "fifo\ncharacter special file\n");
}

static void holes_stay_holes(void **state)
{
	(void)state;
	sh("truncate -s 9M src/s; printf a | dd of=src/s conv=notrunc bs=1 seek=3M status=none;"
	   "printf b | dd of=src/s conv=notrunc bs=1 seek=5000000 status=none; truncate -s 20M "
	   "src/e");
	static const char *const names[] = { "src/s", "src/e" };
	for (size_t i = 0; i < 2; i++) {
		struct stat st, copy;
		struct copied copied;
		int from = open(names[i], O_RDONLY | O_CLOEXEC);
		int to = open("copy", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		assert_int_equal(fstat(from, &st), 0);
		assert_int_equal(copy_sparse(to, from, (uint64_t)st.st_size, &copied), 0);
		assert_int_equal(copied.n, st.st_size);
		assert_int_equal(fstat(to, &copy), 0);
		assert_true(copy.st_blocks < 2048);
		assert_string_equal(sh("cmp %s copy", names[i]), "");
		/* a source that is shorter than was said */
		lseek(from, 0, SEEK_SET);
		assert_int_equal(ftruncate(to, 0) | (int)lseek(to, 0, SEEK_SET), 0);
		assert_int_equal(copy_sparse(to, from, 40 << 20, &copied), 0);
		assert_true(copied.n < 40 << 20);
		close(from);
		close(to);
	}
}

static void a_copy_says_which_side_failed(void **state)
{
	(void)state;
	struct copied copied;
	put("f", "0123456789");
	int file = open("f", O_RDONLY | O_CLOEXEC), full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	int dir = open("src", O_RDONLY | O_CLOEXEC), to = open("g", O_WRONLY | O_CREAT, 0600);
	assert_int_equal(copy_bytes(full, file, 10, &copied), -ENOSPC);
	assert_false(copied.reading);
	assert_int_equal(copy_bytes(to, dir, 10, &copied), -EISDIR);
	assert_true(copied.reading);
	lseek(file, 0, SEEK_SET);
	assert_int_equal(copy_bytes(to, file, 11, &copied), 0);
	assert_int_equal(copied.n, 10);
	close(file);
	close(full);
	close(dir);
	close(to);
}

/* /dev/shm is a file system of its own nearly everywhere. */
static void a_copy_goes_to_another_file_system(void **state)
{
	(void)state;
	struct stat here, there;
	char name[] = "/dev/shm/mkroot-test-XXXXXX";
	int to = mkstemp(name);
	if (to < 0 || unlink(name) < 0 || fstat(to, &there) < 0 || stat(".", &here) < 0 ||
		here.st_dev == there.st_dev) {
		print_message("skipped: no second file system at /dev/shm\n");
		skip();
	}
	sh("seq 200000 >big; truncate -s 3M holes; echo end >>holes");
	struct copied copied;
	int from = open("big", O_RDONLY | O_CLOEXEC);
	assert_int_equal(lseek(from, 10, SEEK_SET), 10);
	assert_int_equal(write(to, "begin\n", 6), 6);
	assert_int_equal(copy_bytes(to, from, 1000000, &copied), 0);
	assert_int_equal(copied.n, 1000000);
	/* both stand behind what was copied, and the end of the source is told */
	assert_int_equal(lseek(from, 0, SEEK_CUR), 1000010);
	assert_int_equal(copy_bytes(to, from, 1 << 30, &copied), 0);
	assert_int_equal(copied.n, 1288895 - 1000010);
	char copy[64];
	snprintf(copy, sizeof(copy), "/proc/%d/fd/%d", getpid(), to);
	assert_string_equal(sh("(echo begin; tail -c +11 big) | cmp - %s", copy), "");
	close(from);
	from = open("holes", O_RDONLY | O_CLOEXEC);
	assert_int_equal(ftruncate(to, 0) | (int)lseek(to, 0, SEEK_SET), 0);
	assert_int_equal(copy_sparse(to, from, (3 << 20) + 4, &copied), 0);
	assert_string_equal(sh("cmp holes %s", copy), "");
	assert_int_equal(fstat(to, &there), 0);
	assert_true(there.st_blocks < 2048);
	close(from);
	close(to);
}

static void drain(struct bench *b)
{
	(void)b;
	char buffer[4096];
	size_t sum = 0;
	for (ssize_t n; (n = read(STDIN_FILENO, buffer, sizeof(buffer))) > 0; sum += (size_t)n)
		usleep(100);
	_exit(sum == 300000 ? 0 : 1);
}

static void a_full_pipe_is_waited_for(void **state)
{
	struct bench *b = *state;
	int fds[2];
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0) {
		close(fds[1]);
		dup2(fds[0], STDIN_FILENO);
		drain(b);
	}
	close(fds[0]);
	assert_int_equal(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
	char *data = calloc(1, 300000);
	assert_int_equal(write_all(fds[1], data, 300000), 0);
	free(data);
	close(fds[1]);
	int status;
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
}

/* Leaves what a killed one does. */
static void killed_in_a_folder(struct bench *b)
{
	(void)b;
	char temp[NAME_MAX + 1];
	int fd = temp_dir(temp, AT_FDCWD, "x", 0700);
	if (fd < 0 || mkdirat(fd, "a", 0) < 0 || mkdirat(fd, "b", 0700) < 0 ||
		symlinkat("../../src", fd, "b/src") < 0)
		_exit(1);
	kill(getpid(), SIGKILL);
}

static void what_a_killed_writer_left_is_removed_by_the_next(void **state)
{
	struct bench *b = *state;
	char temp[NAME_MAX + 1], other[NAME_MAX + 1];
	put("src/kept", "");
	for (int i = 0; i < 2; i++)
		assert_int_equal(in_child(b, killed_in_a_folder), 256 + SIGKILL);
	assert_int_equal(strlen(sh("ls -Ad .x.mkroot-*")), sizeof(".x.mkroot-XXXXXX"));
	put(".x.mkroot-file01", ""); /* of one that is no folder */
	sh("mkdir .x.mkroot-1234567 .x.mkroot-12345 .x.mkroot-1234.6 .xx.mkroot-123456 "
	   ".mkroot-123456; mkfifo .x.mkroot-fifo01; ln -s src .x.mkroot-link01");
	const char *strangers = ".mkroot-123456\n.x.mkroot-1234.6\n.x.mkroot-12345\n"
				".x.mkroot-1234567\n.x.mkroot-fifo01\n.x.mkroot-link01\n"
				".xx.mkroot-123456\nout\nsrc\n";
	int alive = temp_dir(other, AT_FDCWD, "x", 0700);
	assert_true(alive >= 0);
	int fd = temp_dir(temp, AT_FDCWD, "x", 0777);
	assert_true(fd >= 0);
	sh("test -d %s && test -d %s && rmdir %s %s", temp, other, temp, other);
	assert_string_equal(sh("LC_ALL=C ls -A"), strangers);
	assert_string_equal(sh("ls src"), "kept\n");
	close(alive);
	close(fd);
}

/* Each makes its folder while others sweep, and half of them go without removing it. */
static void make_many(struct bench *b)
{
	(void)b;
	char temp[NAME_MAX + 1];
	for (int i = 0; i < 100; i++) {
		int fd = temp_dir(temp, AT_FDCWD, "x", 0700);
		if (fd < 0 || mkdirat(fd, "in", 0700) < 0 || access(temp, F_OK) < 0)
			_exit(1);
		if (i % 2 && (unlinkat(fd, "in", AT_REMOVEDIR) < 0 || rmdir(temp) < 0))
			_exit(2);
		close(fd);
	}
	_exit(0);
}

static void many_writers_take_nothing_from_each_other(void **state)
{
	struct bench *b = *state;
	pid_t pids[4];
	int status;
	for (size_t i = 0; i < 4; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			make_many(b);
	}
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	temp_sweep(AT_FDCWD, "x");
	assert_string_equal(sh("ls -A"), "out\nsrc\n");
}

/* The owner of a part of the tree, while root removes it. */
static pid_t start_rival(void)
{
	char event[4096];
	int watch = inotify_init1(IN_CLOEXEC);
	if (watch < 0 || inotify_add_watch(watch, "stage/b/c", IN_DELETE) < 0)
		return -1;
	pid_t pid = fork();
	if (pid == 0) {
		if (read(watch, event, sizeof(event)) > 0)
			rename("stage/b/c", "out/keep/c");
		_exit(0);
	}
	close(watch);
	return pid;
}

static void a_folder_that_is_moved_away_leads_nowhere_else(void **state)
{
	(void)state;
	sh("mkdir -p stage/b/c out/keep && cd stage/b/c && seq 3000 | xargs touch");
	put("out/keep/file", "");
	pid_t rival = start_rival();
	assert_true(rival > 0);
	int r = clear_tree(AT_FDCWD, "stage");
	waitpid(rival, NULL, 0);
	/* It came too late, on a machine that does other things. */
	assert_true(r == -ESTALE || (r == 0 && access("out/keep/c", F_OK) < 0));
	assert_string_equal(sh("ls -A out/keep | grep -v '^c$'"), "file\n");
}

/* Root is kept from nothing: as somebody else. */
static void remove_closed(struct bench *b)
{
	(void)b;
	if (geteuid() == 0 &&
		(setresgid(65534, 65534, 65534) < 0 || setresuid(65534, 65534, 65534) < 0))
		_exit(1);
	if (mkdir("out/tree", 0700) < 0 || mkdir("out/tree/a", 0700) < 0 ||
		mkdir("out/tree/a/b", 0700) < 0 || mkdir("out/tree/a/b/c", 0) < 0 ||
		chmod("out/tree/a/b", 0500) < 0 || chmod("out/tree/a", 0) < 0 ||
		chmod("out/tree", 0300) < 0)
		_exit(2);
	_exit(clear_tree(AT_FDCWD, "out/tree") == 0 && access("out/tree", F_OK) < 0 ? 0 : 3);
}

static void folders_that_are_closed_are_removed(void **state)
{
	assert_int_equal(chmod(".", 0711) | chmod("out", 0777), 0);
	assert_int_equal(in_child(*state, remove_closed), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(a_new_file_appears_when_it_is_whole),
		bench_test(a_killed_writer_leaves_nothing),
		bench_test(what_a_killed_writer_left_is_removed_by_the_next),
		bench_test(many_writers_take_nothing_from_each_other),
		bench_test(a_folder_that_is_moved_away_leads_nowhere_else),
		bench_test(folders_that_are_closed_are_removed),
		bench_test(links_at_the_end_are_followed),
		bench_test(links_of_others_in_a_shared_folder_are_not_followed),
		bench_test(a_fifo_and_a_device_are_written_into),
		bench_test(holes_stay_holes),
		bench_test(a_copy_says_which_side_failed),
		bench_test(a_copy_goes_to_another_file_system),
		bench_test(a_full_pipe_is_waited_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
