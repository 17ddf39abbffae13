/* Streams of deflate, opened at their end: those of libdeflate still hold what they held, and no
 * bytes whatever lead outside. The first byte is the level. */
#include "fuzz.h"

#include "sink/deflate.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

static void *copy(const void *p, size_t n, size_t more)
{
	void *q = malloc(n + more + 1);
	if (!q)
		abort();
	if (n)
		memcpy(q, p, n);
	return q;
}

/* Closed again by an empty last block, it is read by libdeflate. */
static void check_joined(const uint8_t *data, size_t size, int level)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(level);
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	size_t room = libdeflate_deflate_compress_bound(c, size), made = 0;
	unsigned char *stream = malloc(room + DEFLATE_SLACK), *back = malloc(size + 1);
	if (!c || !d || !stream || !back)
		abort();
	size_t n = libdeflate_deflate_compress(c, data, size, stream, room);
	if (!n || deflate_open_end(stream, &n) < 0 || n + 2 > room + DEFLATE_SLACK)
		abort();
	memcpy(stream + n, "\x03", 2);
	if (libdeflate_deflate_decompress(d, stream, n + 2, back, size + 1, &made) != 0 ||
		made != size || (size && memcmp(back, data, size) != 0))
		abort();
	free(stream);
	free(back);
	libdeflate_free_compressor(c);
	libdeflate_free_decompressor(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	check_joined(data + 1, size - 1, data[0] % 13);
	size_t n = size - 1;
	unsigned char *any = copy(data + 1, n, DEFLATE_SLACK);
	deflate_open_end(any, &n);
	free(any);
	return 0;
}
