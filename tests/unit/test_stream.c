#include "test.h"

#include "base/vec.h"
#include "sink/blocks.h"
#include "sink/deflate.h"
#include "sink/stream.h"

#include <errno.h>
#include <libdeflate.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <zstd.h>

typedef VEC(unsigned char) bytes;

static void append(bytes *b, const void *p, size_t n)
{
	vec_grow_((void **)(void *)&b->at, &b->cap, b->n + n, 1);
	memcpy(b->at + b->n, p, n);
	b->n += n;
}

static int collect(void *ctx, const void *data, size_t n)
{
	if (n)
		append(ctx, data, n);
	return 0;
}

/* Text-like and noise in turns, the same in each run. */
static bytes sample(size_t n)
{
	bytes b = { 0 };
	unsigned state = 1;
	while (b.n < n) {
		state = state * 1103515245 + 12345;
		char word[16];
		int length = snprintf(word, sizeof(word), "%x ",
			b.n % 300000 < 200000 ? state >> 16 & 0xff : state);
		append(&b, word, (size_t)length);
	}
	b.n = n;
	return b;
}

static void put_all(struct stream *s, const bytes *in)
{
	struct mkr_error err;
	for (size_t at = 0, part = 1; at < in->n; at += part, part = part * 3 + 1) {
		if (part > in->n - at)
			part = in->n - at;
		if (stream_put(s, in->at + at, part, &err) < 0)
			fail_msg("%s", err.text);
	}
	if (stream_finish(s, &err) < 0)
		fail_msg("%s", err.text);
}

static bytes packed(const bytes *in, const char *suffix, int level, unsigned threads, bool kernel)
{
	bytes out = { 0 };
	struct mkr_error err;
	struct mkr_target to = { .level = level, .threads = threads };
	struct stream_args args = { .name = "x",
		.suffix = suffix,
		.to = &to,
		.for_kernel = kernel,
		.put = collect,
		.ctx = &out };
	struct stream *s;
	if (stream_open(&s, &args, &err) < 0)
		fail_msg("%s", err.text);
	put_all(s, in);
	stream_free(s);
	return out;
}

/* What `command` makes of `in`; it must be content with it. */
static bytes through(const bytes *in, const char *command)
{
	char path[] = "/tmp/mkroot-test-stream-XXXXXX", line[200];
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write_all(fd, in->at, in->n), 0);
	close(fd);
	snprintf(line, sizeof(line), "%s < %s 2>&1", command, path);
	FILE *f = popen(line, "r");
	assert_non_null(f);
	bytes out = { 0 };
	char part[65536];
	for (size_t n; (n = fread(part, 1, sizeof(part), f)) > 0;)
		append(&out, part, n);
	assert_int_equal(pclose(f), 0);
	unlink(path);
	return out;
}

static void assert_same(const bytes *a, const bytes *b)
{
	assert_int_equal(a->n, b->n);
	assert_memory_equal(a->at, b->at, a->n);
}

/* With a size that is more than one block at level 1. */
static const struct {
	const char *suffix, *command;
	size_t several;
} judges[] = { { ".gz", "gzip -dc", 3300000 }, { ".xz", "xz -dc", 4000000 },
	{ ".zst", "zstd -dcq", 9000000 } };

static void other_programs_read_what_was_packed_at_any_level(void **state)
{
	(void)state;
	static const size_t sizes[] = { 1, 511, 1048576, 1048577, 1200000 };
	static const int levels[] = { 1, 6 };
	for (size_t i = 0; i < 3 * 5 * 2; i++) {
		bytes in = sample(sizes[i / 3 % 5]);
		bytes out = packed(&in, judges[i % 3].suffix, levels[i / 15], 2, false);
		bytes back = through(&out, judges[i % 3].command);
		assert_same(&in, &back);
		vec_free(&in);
		vec_free(&out);
		vec_free(&back);
	}
}

static void the_number_of_threads_changes_no_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		bytes in = sample(judges[i].several);
		bytes one = packed(&in, judges[i].suffix, 1, 1, false);
		for (unsigned threads = 2; threads <= 5; threads += 3) {
			bytes more = packed(&in, judges[i].suffix, 1, threads, false);
			assert_same(&one, &more);
			vec_free(&more);
		}
		vec_free(&one);
		vec_free(&in);
	}
}

/* A limit on processes is one on threads, for everybody but root. */
static void without_threads_the_bytes_are_the_same(void **state)
{
	(void)state;
	bytes in = sample(3000000);
	bytes want = packed(&in, ".gz", 1, 3, false);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct rlimit none = { 0, 0 };
		if ((geteuid() == 0 && setuid(54321) < 0) || setrlimit(RLIMIT_NPROC, &none) < 0)
			_exit(1);
		bytes out = packed(&in, ".gz", 1, 3, false);
		_exit(out.n == want.n && memcmp(out.at, want.at, out.n) == 0 ? 0 : 2);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	vec_free(&in);
	vec_free(&want);
}

/* gunzip and unzstd of Linux stop at the end of the first one (lib/decompress_*.c). */
static void a_kernel_gets_one_frame_aligned_to_four(void **state)
{
	(void)state;
	for (size_t more = 0; more < 4; more++) {
		for (size_t i = 0; i < 3; i++) {
			bytes in = sample(judges[i].several + more);
			bytes out = packed(&in, judges[i].suffix, 1, 2, true);
			assert_int_equal(out.n % 4, 0);
			if (i == 2)
				assert_int_equal(
					ZSTD_findFrameCompressedSize(out.at, out.n), out.n);
			bytes back = through(&out, judges[i].command);
			assert_in_range(back.n, in.n, in.n + 3);
			assert_memory_equal(back.at, in.at, in.n);
			for (size_t k = in.n; k < back.n; k++)
				assert_int_equal(back.at[k], 0);
			vec_free(&in);
			vec_free(&out);
			vec_free(&back);
		}
	}
}

static void gzip_is_one_member_without_a_name_or_time(void **state)
{
	(void)state;
	bytes in = sample(5000000);
	bytes out = packed(&in, ".tgz", -1, 2, false);
	assert_memory_equal(out.at, "\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	unsigned char *back = malloc(in.n);
	size_t used, made;
	assert_int_equal(
		libdeflate_gzip_decompress_ex(d, out.at, out.n, back, in.n, &used, &made), 0);
	assert_int_equal(used, out.n);
	assert_int_equal(made, in.n);
	libdeflate_free_decompressor(d);
	free(back);
	vec_free(&in);
	vec_free(&out);
}

static void assert_digest(const struct stream_digest *d, const bytes *of)
{
	struct sha256_ctx ctx;
	unsigned char want[32];
	sha256_init(&ctx);
	sha256_update(&ctx, of->n, of->at);
	sha256_digest(&ctx, sizeof(want), want);
	assert_int_equal(d->size, of->n);
	assert_memory_equal(d->sha256, want, sizeof(want));
}

static void both_sides_are_hashed_in_one_pass(void **state)
{
	(void)state;
	static const char *const suffixes[] = { "", ".gz", ".zst" };
	bytes in = sample(3000000);
	for (size_t i = 0; i < 3; i++) {
		bytes out = { 0 };
		struct mkr_error err;
		struct mkr_target to = { .level = -1 };
		struct stream_args args = { .name = "x",
			.suffix = suffixes[i],
			.to = &to,
			.digests = true,
			.put = collect,
			.ctx = &out };
		struct stream *s;
		assert_int_equal(stream_open(&s, &args, &err), 0);
		put_all(s, &in);
		struct stream_digest plain, made;
		stream_digests(s, &plain, &made);
		stream_free(s);
		assert_digest(&plain, &in);
		assert_digest(&made, &out);
		assert_int_equal(out.n == in.n, i == 0);
		vec_free(&out);
	}
	vec_free(&in);
}

/* Fails once so many bytes have come: at each place where something can. */
static int let_in(void *ctx, const void *data, size_t n)
{
	(void)data;
	size_t *left = ctx;
	if (n > *left)
		return -EDQUOT;
	*left -= n;
	return 0;
}

static void a_failed_write_is_passed_on_from_wherever_it_happens(void **state)
{
	(void)state;
	for (size_t i = 0; i < 6; i++) {
		bytes in = sample(judges[i / 2].several);
		const char *suffix = judges[i / 2].suffix;
		bytes whole = packed(&in, suffix, 1, 2, i % 2);
		size_t limits[] = { 0, 5, whole.n / 2, whole.n - 1, whole.n };
		for (size_t k = 0; k < 5; k++) {
			struct mkr_error err = { 0 };
			struct mkr_target to = { .level = 1, .threads = 2 };
			struct stream_args args = { .name = "x",
				.suffix = suffix,
				.to = &to,
				.for_kernel = i % 2,
				.put = let_in,
				.ctx = &limits[k] };
			struct stream *s;
			int r = stream_open(&s, &args, &err);
			if (r == 0) {
				r = stream_put(s, in.at, in.n, &err);
				r = r < 0 ? r : stream_finish(s, &err);
				stream_free(s);
			}
			assert_int_equal(r, k == 4 ? 0 : -EDQUOT);
			if (k < 4)
				assert_string_equal(
					err.text, "cannot write 'x': Disk quota exceeded");
		}
		vec_free(&whole);
		vec_free(&in);
	}
}

/* A packer that fails at one block, or passes it on as it is. */
static void *open_plain(const void *ctx)
{
	(void)ctx;
	return malloc(1);
}

static int pack_plain(void *packer, struct block *b)
{
	(void)packer;
	memcpy(b->out, b->in, b->n);
	b->n_out = b->n;
	return memchr(b->in, '!', b->n) ? -EILSEQ : 0;
}

static int emit_plain(void *ctx, const struct block *b)
{
	return collect(ctx, b->out, b->n_out);
}

static void blocks_come_out_in_order_and_errors_at_their_place(void **state)
{
	(void)state;
	for (unsigned threads = 1; threads <= 4; threads++) {
		bytes out = { 0 };
		struct blocks_args args = { .size = 3,
			.out_max = 3,
			.threads = threads,
			.open = open_plain,
			.close = free,
			.pack = pack_plain,
			.emit = emit_plain,
			.ctx = &out };
		struct blocks *b;
		blocks_open(&b, &args);
		for (int i = 0; i < 1000; i++)
			assert_int_equal(blocks_put(b, "abcdefg", (size_t)i % 8), 0);
		assert_int_equal(blocks_finish(b), 0);
		blocks_free(b);
		assert_int_equal(out.n, 125 * 28);
		for (size_t i = 0, k = 0; k < out.n; i++)
			for (size_t j = 0; j < i % 8; j++)
				assert_int_equal(out.at[k++], 'a' + j);
		out.n = 0;
		blocks_open(&b, &args);
		int r = blocks_put(b, "abcdef!hijklmnopqrstuvwxyz", 26);
		r = r < 0 ? r : blocks_finish(b);
		assert_int_equal(r, -EILSEQ);
		assert_int_equal(out.n, 6);
		blocks_free(b);
		vec_free(&out);
	}
}

/* Whatever the bytes: an end of a stream that is none is an error, and nothing is read outside. */
static void a_broken_deflate_stream_is_refused(void **state)
{
	(void)state;
	bytes in = sample(100000);
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(6);
	size_t room = libdeflate_deflate_compress_bound(c, in.n);
	unsigned char *whole = malloc(room);
	size_t n = libdeflate_deflate_compress(c, in.at, in.n, whole, room);
	assert_true(n > 0);
	unsigned refused = 0;
	for (size_t cut = 0; cut < n; cut += 97) {
		unsigned char *part =
			malloc(cut + DEFLATE_SLACK); /* to the byte, for the sanitizer */
		memcpy(part, whole, cut);
		size_t left = cut;
		assert_int_equal(deflate_open_end(part, &left), -EIO);
		free(part);
		part = malloc(n + DEFLATE_SLACK);
		memcpy(part, whole, n);
		part[cut] ^= 0x55;
		left = n;
		refused += deflate_open_end(part, &left) < 0;
		free(part);
	}
	assert_true(refused > 0);
	libdeflate_free_compressor(c);
	free(whole);
	vec_free(&in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_programs_read_what_was_packed_at_any_level),
		cmocka_unit_test(the_number_of_threads_changes_no_byte),
		cmocka_unit_test(without_threads_the_bytes_are_the_same),
		cmocka_unit_test(a_kernel_gets_one_frame_aligned_to_four),
		cmocka_unit_test(gzip_is_one_member_without_a_name_or_time),
		cmocka_unit_test(both_sides_are_hashed_in_one_pass),
		cmocka_unit_test(a_failed_write_is_passed_on_from_wherever_it_happens),
		cmocka_unit_test(blocks_come_out_in_order_and_errors_at_their_place),
		cmocka_unit_test(a_broken_deflate_stream_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
