/* xz, by liblzma's own threads. */
#include "sink/codec.h"

#include "base/arena.h"

#include <errno.h>
#include <lzma.h>
#include <stdlib.h>

enum {
	OUT = 64 * 1024,
	/* In an initramfs the dictionary is memory that the kernel must have to spare: what
	 * Documentation/staging/xz.rst recommends. */
	KERNEL_DICT = 1024 * 1024,
	BLOCK_MIN = 1024 * 1024,
};

struct xz {
	struct codec head;
	struct codec_args args;
	lzma_stream lzma;
	unsigned char out[OUT];
};

static int error_of(lzma_ret r)
{
	return r == LZMA_MEM_ERROR ? -ENOMEM : -EIO;
}

static int xz_open(struct codec **out, const struct codec_args *args)
{
	struct xz *x = calloc(1, sizeof(*x));
	if (!x)
		out_of_memory();
	x->args = *args;
	*out = &x->head;
	lzma_options_lzma opts;
	if (lzma_lzma_preset(&opts, (uint32_t)args->level))
		return -EINVAL;
	if (args->for_kernel && opts.dict_size > KERNEL_DICT)
		opts.dict_size = KERNEL_DICT;
	const lzma_filter filters[] = { { LZMA_FILTER_LZMA2, &opts }, { LZMA_VLI_UNKNOWN, NULL } };
	/* The threaded encoder for one thread too: the other one leaves the sizes out of the
	 * blocks' headers. Blocks are what xz(1) makes them, for its own default may change. */
	uint64_t block = 3 * (uint64_t)opts.dict_size;
	const lzma_mt mt = { .threads = args->threads,
		.block_size = block < BLOCK_MIN ? BLOCK_MIN : block,
		.filters = filters,
		.check = args->for_kernel ? LZMA_CHECK_CRC32 : LZMA_CHECK_CRC64 };
	lzma_ret r = lzma_stream_encoder_mt(&x->lzma, &mt);
	return r == LZMA_OK ? 0 : error_of(r);
}

static int feed(struct xz *x, const void *data, size_t n, lzma_action action)
{
	x->lzma.next_in = data;
	x->lzma.avail_in = n;
	lzma_ret r;
	do {
		x->lzma.next_out = x->out;
		x->lzma.avail_out = OUT;
		r = lzma_code(&x->lzma, action);
		if (r != LZMA_OK && r != LZMA_STREAM_END)
			return error_of(r);
		size_t made = OUT - x->lzma.avail_out;
		int failed = made ? x->args.put(x->args.ctx, x->out, made) : 0;
		if (failed < 0)
			return failed;
	} while (action == LZMA_FINISH ? r != LZMA_STREAM_END : x->lzma.avail_in > 0);
	return 0;
}

static int xz_put(struct codec *c, const void *data, size_t n)
{
	return feed((struct xz *)c, data, n, LZMA_RUN);
}

static int xz_finish(struct codec *c)
{
	return feed((struct xz *)c, NULL, 0, LZMA_FINISH);
}

static void xz_free(struct codec *c)
{
	struct xz *x = (struct xz *)c;
	lzma_end(&x->lzma);
	free(x);
}

const struct codec_ops codec_xz = {
	.name = "xz",
	.suffixes = (const char *const[]){ ".xz", NULL },
	.level_min = 0,
	.level_max = 9,
	.level = 6,
	.threads_max = 4, /* 100 MiB each at level 6 */
	.open = xz_open,
	.put = xz_put,
	.finish = xz_finish,
	.free = xz_free,
};
