/* Blocks of equal size, packed by several threads, come out in order: where they are cut depends on
 * the bytes alone, so what comes out does not depend on how many threads there are. */
#ifndef SINK_BLOCKS_H
#define SINK_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

struct block {
	unsigned char *in, *out;
	size_t n, n_out;
};

struct blocks_args {
	size_t size; /* of a block; the last one is shorter, but never empty */
	size_t out_max; /* what the packed one may need */
	unsigned threads;
	void *(*open)(const void *ctx); /* what one thread packs with; NULL: out of memory */
	void (*close)(void *packer);
	int (*pack)(void *packer, struct block *b); /* sets n_out; by any thread */
	int (*emit)(void *ctx, const struct block *b); /* in order, by the caller's thread */
	void *ctx;
};

struct blocks;

void blocks_open(struct blocks **out, const struct blocks_args *args);
/* Both return what pack() or emit() failed with. */
int blocks_put(struct blocks *b, const void *data, size_t n);
int blocks_finish(struct blocks *b);
void blocks_free(struct blocks *b);

#endif
