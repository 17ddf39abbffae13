/* zstd (RFC 8878): frames of their own, packed by several threads, as pzstd(1) makes them; or one
 * frame, for those that read one only. Not by libzstd's own threads: Debian's libzstd.a has none,
 * and what a build has must not change the bytes. */
#include "sink/codec.h"

#include "base/arena.h"
#include "sink/blocks.h"

#include <errno.h>
#include <stdlib.h>
#include <zstd.h>

/* Four windows, as libzstd has it for its own: beginning anew costs 0.1 % at level 3. */
enum {
	BLOCK_SIZE = 8 * 1024 * 1024,
	BLOCK_SIZE_HIGH = 32 * 1024 * 1024,
	LEVEL_HIGH = 17,
	LEVEL_MAX = 22,
	WINDOW_LOG_MAX = 27, /* 128 MiB: more no reader takes unasked, the kernel not at all */
};

struct zstd {
	struct codec head;
	struct codec_args args;
	struct blocks *blocks; /* many frames; or ... */
	ZSTD_CCtx *frame; /* ... one */
	size_t room, made; /* bytes for each step; bytes that came out */
	char *out;
};

static void *open_packer(const void *ctx)
{
	const struct zstd *z = ctx;
	ZSTD_CCtx *c = ZSTD_createCCtx();
	if (!c)
		return NULL;
	bool ok =
		!ZSTD_isError(ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel, z->args.level)) &&
		!ZSTD_isError(ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1));
	if (ok && z->args.for_kernel && z->args.level == LEVEL_MAX)
		ok = !ZSTD_isError(ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, WINDOW_LOG_MAX));
	if (ok)
		return c;
	ZSTD_freeCCtx(c);
	return NULL;
}

static void close_packer(void *packer)
{
	ZSTD_freeCCtx(packer);
}

static int pack(void *packer, struct block *b)
{
	size_t n = ZSTD_compress2(packer, b->out, ZSTD_compressBound(b->n), b->in, b->n);
	b->n_out = n;
	return ZSTD_isError(n) ? -EIO : 0;
}

static int emit(void *ctx, const struct block *b)
{
	const struct zstd *z = ctx;
	return z->args.put(z->args.ctx, b->out, b->n_out);
}

static int open_frame(struct zstd *z)
{
	z->frame = open_packer(z);
	z->room = ZSTD_CStreamOutSize();
	z->out = malloc(z->room);
	return z->frame && z->out ? 0 : -ENOMEM;
}

static int zstd_open(struct codec **out, const struct codec_args *args)
{
	struct zstd *z = calloc(1, sizeof(*z));
	if (!z)
		out_of_memory();
	z->args = *args;
	*out = &z->head;
	if (args->for_kernel)
		return open_frame(z);
	size_t size = args->level < LEVEL_HIGH ? BLOCK_SIZE : BLOCK_SIZE_HIGH;
	struct blocks_args blocks = { .size = size,
		.out_max = ZSTD_compressBound(size),
		.threads = args->threads,
		.open = open_packer,
		.close = close_packer,
		.pack = pack,
		.emit = emit,
		.ctx = z };
	blocks_open(&z->blocks, &blocks);
	return 0;
}

static int feed_frame(struct zstd *z, const void *data, size_t n, ZSTD_EndDirective how)
{
	ZSTD_inBuffer in = { data, n, 0 };
	size_t left;
	do {
		ZSTD_outBuffer to = { z->out, z->room, 0 };
		left = ZSTD_compressStream2(z->frame, &to, &in, how);
		if (ZSTD_isError(left))
			return -EIO;
		int r = to.pos ? z->args.put(z->args.ctx, z->out, to.pos) : 0;
		z->made += to.pos;
		if (r < 0)
			return r;
	} while (in.pos < n || (how != ZSTD_e_continue && left));
	return 0;
}

static int zstd_put(struct codec *c, const void *data, size_t n)
{
	struct zstd *z = (struct zstd *)c;
	return z->frame ? feed_frame(z, data, n, ZSTD_e_continue) : blocks_put(z->blocks, data, n);
}

/* Whatever follows an initramfs in memory must be aligned to four, and zstd(1) takes no zeros
 * behind a frame: so they go into it. A last block of so few bytes is stored as it is, behind three
 * of header (RFC 8878, 3.1.1.2); four of checksum follow. */
static int finish_frame(struct zstd *z)
{
	int r = feed_frame(z, "", 0, ZSTD_e_flush);
	size_t missing = -(z->made + 3 + 4) & 3;
	return r < 0 ? r : feed_frame(z, "\0\0\0", missing, ZSTD_e_end);
}

static int zstd_finish(struct codec *c)
{
	struct zstd *z = (struct zstd *)c;
	return z->frame ? finish_frame(z) : blocks_finish(z->blocks);
}

static void zstd_free(struct codec *c)
{
	struct zstd *z = (struct zstd *)c;
	blocks_free(z->blocks);
	ZSTD_freeCCtx(z->frame);
	free(z->out);
	free(z);
}

const struct codec_ops codec_zstd = {
	.name = "zstd",
	.suffixes = (const char *const[]){ ".zst", NULL },
	.level_min = 1,
	.level_max = LEVEL_MAX,
	.level = 3,
	.threads_max = 16,
	.open = zstd_open,
	.put = zstd_put,
	.finish = zstd_finish,
	.free = zstd_free,
};
