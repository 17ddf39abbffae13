#include "plan/md5.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/hex.h"
#include "os/root.h"

#include <errno.h>
#include <nettle/md5.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/sysinfo.h>
#include <unistd.h>

enum { BLOCK = 1 << 18, THREADS_MAX = 8, FILES_A_THREAD = 8 };

struct job {
	struct md5_sum *sums;
	size_t n;
	atomic_size_t next;
};

/* A thread, and the first of its files that failed. */
struct worker {
	struct job *job;
	pthread_t thread;
	size_t failed;
	int code;
	struct mkr_error err;
};

/* No further than the file was long when it was planned: one that grows may never end. What changed
 * otherwise is found by who writes it. */
static int feed(struct md5_ctx *md5, int fd, unsigned char *block, const struct mkr_entry *e,
	struct mkr_error *err)
{
	for (uint64_t left = e->size; left > 0;) {
		ssize_t n = read(fd, block, left < BLOCK ? (size_t)left : BLOCK);
		if (n < 0)
			return mkr_fail(err, -errno, "cannot read '%s'", e->source);
		if (n == 0)
			return mkr_failx(err, -ESTALE, "'%s%s' changed while it was read",
				e->source[0] == '/' ? "" : "/", e->source);
		md5_update(md5, (size_t)n, block);
		left -= (uint64_t)n;
	}
	return 0;
}

static int sum_one(struct md5_sum *sum, unsigned char *block, struct mkr_error *err)
{
	const struct mkr_entry *e = sum->entry;
	struct md5_ctx md5;
	struct stat st;
	unsigned char digest[MD5_DIGEST_SIZE];
	cleanup_fd int fd = root_open_file(e->from, e->source, &st);
	if (fd < 0)
		return mkr_fail(err, fd, "cannot open '%s'", e->source);
	md5_init(&md5);
	int r = feed(&md5, fd, block, e, err);
	if (r < 0)
		return r;
	md5_digest(&md5, sizeof(digest), digest);
	hex_digits(sum->digits, digest, sizeof(digest));
	return 0;
}

static void *work(void *ptr)
{
	struct worker *w = ptr;
	struct job *job = w->job;
	cleanup_free unsigned char *block = malloc(BLOCK);
	if (!block)
		out_of_memory();
	size_t i;
	while (w->code == 0 && (i = atomic_fetch_add(&job->next, 1)) < job->n) {
		w->code = sum_one(&job->sums[i], block, &w->err);
		w->failed = i;
	}
	return NULL;
}

static size_t thread_count(size_t n)
{
	int cpus = get_nprocs();
	size_t most = cpus < 1 ? 1 : cpus > THREADS_MAX ? THREADS_MAX : (size_t)cpus;
	size_t useful = n / FILES_A_THREAD + 1;
	return useful < most ? useful : most;
}

int md5_of_entries(struct md5_sum *sums, size_t n, struct mkr_error *err)
{
	struct job job = { .sums = sums, .n = n };
	struct worker workers[THREADS_MAX] = { 0 };
	const struct worker *failed = NULL;
	size_t n_threads = thread_count(n), started = 1;
	workers[0].job = &job;
	for (; started < n_threads; started++) {
		workers[started].job = &job;
		if (pthread_create(&workers[started].thread, NULL, work, &workers[started]) != 0)
			break; /* the others do it */
	}
	work(&workers[0]);
	for (size_t i = 0; i < started; i++) {
		const struct worker *w = &workers[i];
		if (i > 0)
			pthread_join(w->thread, NULL);
		if (w->code < 0 && (!failed || w->failed < failed->failed))
			failed = w;
	}
	if (!failed)
		return 0;
	if (err)
		*err = failed->err;
	return failed->code;
}
