/* What the tests of the sinks share: a folder of their own, entries made from files in it, and
 * other programs as judges. */
#ifndef SINK_TEST_H
#define SINK_TEST_H

#include "test.h"

#include <mkroot/sink.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct bench {
	char dir[64]; /* the current directory; src/ in it is the root that files come from */
	struct mkr_root *root;
	struct mkr_entry at[32];
	size_t n;
	struct mkr_written written;
	struct mkr_error err;
	char warnings[1024];
};

/* What a command prints, standard error included. */
static inline const char *sh(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static inline const char *sh(const char *fmt, ...)
{
	static char out[16384];
	char cmd[4096];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(cmd, sizeof(cmd), fmt, ap);
	va_end(ap);
	fflush(stdout);
	char line[4300];
	snprintf(line, sizeof(line), "exec 2>&1; %s", cmd);
	FILE *f = popen(line, "r");
	assert_non_null(f);
	size_t n = fread(out, 1, sizeof(out) - 1, f);
	out[n] = '\0';
	int status = pclose(f);
	if (status)
		fail_msg("%s: status %d: %s", cmd, status, out);
	return out;
}

static inline void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static inline int bench_open(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	strcpy(b->dir, "/tmp/mkroot-test-sink-XXXXXX");
	if (!mkdtemp(b->dir) || chmod(b->dir, 0777) < 0 || chdir(b->dir) < 0)
		return -1;
	if (mkdir("src", 0755) < 0 || mkdir("out", 0777) < 0 || chmod("out", 0777) < 0)
		return -1;
	*state = b;
	return mkr_root_open(&b->root, "src", NULL);
}

static inline int bench_close(void **state)
{
	struct bench *b = *state;
	mkr_root_free(b->root);
	char cmd[256];
	snprintf(cmd, sizeof(cmd), "chmod -R u+rwx '%s'; rm -rf '%s'", b->dir, b->dir);
	if (chdir("/") < 0)
		return -1;
	int r = system(cmd);
	free(b);
	return r;
}

static inline struct mkr_entry *add(struct bench *b, struct mkr_entry e)
{
	assert_true(b->n < sizeof(b->at) / sizeof(*b->at));
	e.because = "wanted by a test";
	if (!e.mtime)
		e.mtime = 1000000000;
	if (e.data && !e.size)
		e.size = strlen(e.data);
	b->at[b->n] = e;
	return &b->at[b->n++];
}

static inline struct mkr_entry *add_dir(struct bench *b, const char *path, uint32_t mode)
{
	return add(b, (struct mkr_entry){ .path = path, .mode = S_IFDIR | mode });
}

static inline struct mkr_entry *add_link(struct bench *b, const char *path, const char *target)
{
	return add(b, (struct mkr_entry){ .path = path, .target = target, .mode = S_IFLNK | 0777 });
}

static inline struct mkr_entry *add_data(struct bench *b, const char *path, const char *text)
{
	return add(b, (struct mkr_entry){ .path = path, .data = text, .mode = S_IFREG | 0644 });
}

/* A file of src/, as a plan would have it. */
static inline struct mkr_entry *add_file(struct bench *b, const char *path, const char *source)
{
	struct stat st;
	char full[4200];
	snprintf(full, sizeof(full), "src/%s", source);
	assert_int_equal(lstat(full, &st), 0);
	return add(b,
		(struct mkr_entry){ .path = path,
			.from = b->root,
			.source = source,
			.size = (uint64_t)st.st_size,
			.mtime = st.st_mtim.tv_sec,
			.mtime_nsec = (uint32_t)st.st_mtim.tv_nsec,
			.mode = st.st_mode,
			.dev = st.st_dev,
			.ino = st.st_ino });
}

static inline void note_warning(void *ctx, const char *text)
{
	char *all = ctx;
	size_t n = strlen(all);
	snprintf(all + n, 1024 - n, "%s\n", text);
}

static inline int write_to(struct bench *b, const char *output)
{
	b->warnings[0] = '\0';
	return mkr_write(b->at, b->n,
		&(struct mkr_target){ .output = output,
			.level = -1,
			.warn = note_warning,
			.warn_ctx = b->warnings },
		&b->written, &b->err);
}

static inline void write_ok(struct bench *b, const char *output)
{
	if (write_to(b, output) < 0)
		fail_msg("%s: %s", output, b->err.text);
}

/* The rest of a test in a process of its own, which may change its user, its limits, its mounts. */
typedef void child_fn(struct bench *b);
static inline int in_child(struct bench *b, child_fn *fn)
{
	fflush(NULL);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		fn(b);
		_exit(99); /* fn leaves by _exit() */
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

#define skip_unless_root(why)                                                                      \
	if (geteuid() != 0) {                                                                      \
		print_message("skipped, needs root: %s\n", why);                                   \
		skip();                                                                            \
	}

#define bench_test(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

#endif
