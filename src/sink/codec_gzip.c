/* gzip (RFC 1952), by libdeflate: one member, so that every reader takes it, kernels and those that
 * stop at the first one too. */
#include "sink/codec.h"

#include "base/arena.h"
#include "sink/blocks.h"
#include "sink/deflate.h"

#include <errno.h>
#include <libdeflate.h>
#include <stdlib.h>

/* The window of deflate is 32 KiB: beginning anew this seldom costs 0.3 %. */
enum { BLOCK_SIZE = 1024 * 1024 };

struct gzip {
	struct codec head;
	struct codec_args args;
	struct blocks *blocks;
	uint32_t crc, size; /* of all that was put; the size modulo 2^32 */
	size_t made; /* bytes that came out, modulo 4 at least */
};

static void *open_packer(const void *ctx)
{
	const struct gzip *g = ctx;
	return libdeflate_alloc_compressor(g->args.level);
}

static void close_packer(void *packer)
{
	libdeflate_free_compressor(packer);
}

static int pack(void *packer, struct block *b)
{
	size_t room = libdeflate_deflate_compress_bound(packer, b->n);
	b->n_out = libdeflate_deflate_compress(packer, b->in, b->n, b->out, room);
	return b->n_out ? deflate_open_end(b->out, &b->n_out) : -EIO;
}

static int let_out(struct gzip *g, const void *data, size_t n)
{
	g->made += n;
	return g->args.put(g->args.ctx, data, n);
}

static int emit(void *ctx, const struct block *b)
{
	return let_out(ctx, b->out, b->n_out);
}

static int gzip_open(struct codec **out, const struct codec_args *args)
{
	struct gzip *g = calloc(1, sizeof(*g));
	if (!g)
		out_of_memory();
	g->args = *args;
	struct blocks_args blocks = { .size = BLOCK_SIZE,
		.out_max = libdeflate_deflate_compress_bound(NULL, BLOCK_SIZE) + DEFLATE_SLACK,
		.threads = args->threads,
		.open = open_packer,
		.close = close_packer,
		.pack = pack,
		.emit = emit,
		.ctx = g };
	blocks_open(&g->blocks, &blocks);
	*out = &g->head;
	/* No name, no time, no flags; 255: made on no system in particular. */
	static const unsigned char header[10] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255 };
	return let_out(g, header, sizeof(header));
}

static int gzip_put(struct codec *c, const void *data, size_t n)
{
	struct gzip *g = (struct gzip *)c;
	g->crc = libdeflate_crc32(g->crc, data, n);
	g->size += (uint32_t)n;
	return blocks_put(g->blocks, data, n);
}

static int gzip_finish(struct codec *c)
{
	struct gzip *g = (struct gzip *)c;
	int r = blocks_finish(g->blocks);
	/* Five bytes more for each one that is missing: an empty stored block. */
	while (g->args.for_kernel && r == 0 && (g->made + 10) % 4)
		r = let_out(g, "\0\0\0\xff\xff", 5);
	if (r < 0)
		return r;
	/* An empty last block: "1", "01", and "0000000" for its end. */
	unsigned char tail[10] = { 0x03, 0x00 };
	for (unsigned i = 0; i < 4; i++) {
		tail[2 + i] = (unsigned char)(g->crc >> (8 * i));
		tail[6 + i] = (unsigned char)(g->size >> (8 * i));
	}
	return let_out(g, tail, sizeof(tail));
}

static void gzip_free(struct codec *c)
{
	struct gzip *g = (struct gzip *)c;
	blocks_free(g->blocks);
	free(g);
}

const struct codec_ops codec_gzip = {
	.name = "gzip",
	.suffixes = (const char *const[]){ ".gz", ".tgz", NULL },
	.level_min = 0,
	.level_max = 12,
	.level = 6,
	.threads_max = 64,
	.open = gzip_open,
	.put = gzip_put,
	.finish = gzip_finish,
	.free = gzip_free,
};
