#include "sink/stream.h"

#include "base/arena.h"
#include "base/str.h"
#include "sink/tap.h"

#include <errno.h>
#include <nettle/sha2.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

enum {
	BUFFER = 256 * 1024,
	DIRECT = 64 * 1024, /* from this size on a file is copied within the kernel */
	STEP = 64 * 1024 * 1024,
	THREADS_MAX = 256, /* each has blocks of its own: what is asked for ends somewhere */
};

struct counted {
	uint64_t size;
	struct sha256_ctx sha256;
};

struct stream {
	struct stream_args args;
	int failed; /* what writing said, to tell it from the codec's own failures */
	struct codec *codec; /* NULL: not compressed */
	struct counted plain, packed;
	size_t used;
	char buffer[BUFFER];
};

static const struct codec_ops *find_codec(const char *suffix)
{
	static const struct codec_ops *const codecs[] = { &codec_gzip, &codec_xz, &codec_zstd };
	for (size_t i = 0; i < sizeof(codecs) / sizeof(*codecs); i++)
		for (const char *const *x = codecs[i]->suffixes; *x; x++)
			if (str_ends(str_from(suffix), str_from(*x)))
				return codecs[i];
	return NULL;
}

bool stream_is_packed(const char *suffix)
{
	return find_codec(suffix) != NULL;
}

int stream_check(const char *suffix, int level, struct mkr_error *err)
{
	const struct codec_ops *c = find_codec(suffix);
	if (!c || level == -1 || (level >= c->level_min && level <= c->level_max))
		return 0;
	return mkr_failx(err, -EINVAL, "%s has the levels %d to %d, not %d", c->name, c->level_min,
		c->level_max, level);
}

static unsigned count_threads(const struct codec_ops *ops, unsigned wanted)
{
	if (wanted)
		return wanted < THREADS_MAX ? wanted : THREADS_MAX;
	cpu_set_t set;
	int n = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
	return (unsigned)n < ops->threads_max ? (unsigned)n : ops->threads_max;
}

static void count(const struct stream *s, struct counted *c, const void *data, size_t n)
{
	c->size += n;
	if (s->args.digests)
		sha256_update(&c->sha256, n, data);
}

/* The very end, behind the codec. */
static int let_out(void *ctx, const void *data, size_t n)
{
	struct stream *s = ctx;
	count(s, &s->packed, data, n);
	int r = s->args.put ? s->args.put(s->args.ctx, data, n) : write_all(s->args.fd, data, n);
	if (r < 0)
		s->failed = r;
	return r;
}

static int fail(const struct stream *s, int code, struct mkr_error *err)
{
	return mkr_fail(
		err, code, s->failed ? "cannot write '%s'" : "cannot compress '%s'", s->args.name);
}

int stream_open(struct stream **out, const struct stream_args *args, struct mkr_error *err)
{
	struct stream *s = calloc(1, sizeof(*s));
	if (!s)
		out_of_memory();
	s->args = *args;
	sha256_init(&s->plain.sha256);
	sha256_init(&s->packed.sha256);
	const struct codec_ops *ops = find_codec(args->suffix);
	int r = 0;
	if (ops) {
		const struct codec_args codec = {
			.level = args->to->level < 0 ? ops->level : args->to->level,
			.threads = count_threads(ops, args->to->threads),
			.for_kernel = args->for_kernel,
			.put = let_out,
			.ctx = s,
		};
		r = ops->open(&s->codec, &codec);
		if (s->codec)
			s->codec->ops = ops;
	}
	if (r < 0) {
		r = fail(s, r, err);
		stream_free(s);
		return r;
	}
	*out = s;
	return 0;
}

void stream_free(struct stream *s)
{
	if (!s)
		return;
	if (s->codec)
		s->codec->ops->free(s->codec);
	free(s);
}

static int flush(struct stream *s, struct mkr_error *err)
{
	if (s->codec)
		count(s, &s->plain, s->buffer, s->used);
	int r = s->codec ? s->codec->ops->put(s->codec, s->buffer, s->used)
			 : let_out(s, s->buffer, s->used);
	s->used = 0;
	return r < 0 ? fail(s, r, err) : 0;
}

int stream_put(struct stream *s, const void *data, size_t n, struct mkr_error *err)
{
	const char *p = data;
	while (n) {
		size_t room = BUFFER - s->used, part = n < room ? n : room;
		memcpy(s->buffer + s->used, p, part);
		s->used += part;
		p += part;
		n -= part;
		int r = s->used == BUFFER ? flush(s, err) : 0;
		if (r < 0)
			return r;
	}
	return 0;
}

int stream_zeros(struct stream *s, size_t n, struct mkr_error *err)
{
	static const char zeros[1024];
	int r = 0;
	while (n && r == 0) {
		size_t part = n < sizeof(zeros) ? n : sizeof(zeros);
		r = stream_put(s, zeros, part, err);
		n -= part;
	}
	return r;
}

/* Reads into the buffer itself. */
static int copy_buffered(
	struct stream *s, int from, uint64_t size, struct copied *ret, struct mkr_error *err)
{
	while (ret->n < size) {
		uint64_t left = size - ret->n;
		size_t room = BUFFER - s->used;
		ssize_t got = read(from, s->buffer + s->used, left < room ? (size_t)left : room);
		if (got < 0 && errno == EINTR)
			continue;
		ret->reading = got < 0;
		if (got < 0)
			return -errno;
		if (got == 0)
			return 0;
		tap_bytes(s->args.tap, s->buffer + s->used, (size_t)got);
		s->used += (size_t)got;
		ret->n += (uint64_t)got;
		int r = s->used == BUFFER ? flush(s, err) : 0;
		if (r < 0)
			return r;
	}
	return 0;
}

/* Within the kernel, in steps that are worth telling of. */
static int copy_direct(struct stream *s, int from, uint64_t size, struct copied *ret)
{
	int r = 0;
	uint64_t part = 0;
	for (uint64_t done = 0; r == 0 && ret->n == done && done < size; done += part) {
		struct copied copied;
		part = size - done < STEP ? size - done : STEP;
		r = copy_bytes(s->args.fd, from, part, &copied);
		ret->n += copied.n;
		ret->reading = copied.reading;
		s->packed.size += copied.n;
		tap_count(s->args.tap, ret->n);
	}
	return r;
}

int stream_copy(
	struct stream *s, int from, uint64_t size, struct copied *ret, struct mkr_error *err)
{
	*ret = (struct copied){ 0 };
	if (s->codec || s->args.put || s->args.digests || tap_wants_bytes(s->args.tap) ||
		size < DIRECT)
		return copy_buffered(s, from, size, ret, err);
	int r = flush(s, err);
	if (r < 0)
		return r;
	r = copy_direct(s, from, size, ret);
	if (r == 0 || ret->reading)
		return r;
	s->failed = r;
	return fail(s, r, err);
}

int stream_finish(struct stream *s, struct mkr_error *err)
{
	int r = flush(s, err);
	if (r < 0 || !s->codec)
		return r;
	r = s->codec->ops->finish(s->codec);
	return r < 0 ? fail(s, r, err) : 0;
}

void stream_digests(struct stream *s, struct stream_digest *plain, struct stream_digest *packed)
{
	packed->size = s->packed.size;
	sha256_digest(&s->packed.sha256, sizeof(packed->sha256), packed->sha256);
	*plain = *packed;
	if (!s->codec)
		return;
	plain->size = s->plain.size;
	sha256_digest(&s->plain.sha256, sizeof(plain->sha256), plain->sha256);
}
