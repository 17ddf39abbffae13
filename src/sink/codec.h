/* One compression: bytes in, compressed bytes out, the same for any number of threads. */
#ifndef SINK_CODEC_H
#define SINK_CODEC_H

#include <stdbool.h>
#include <stddef.h>

/* Takes what comes out, in order. */
typedef int codec_put_fn(void *ctx, const void *data, size_t n);

struct codec_args {
	int level; /* within the codec's limits */
	unsigned threads; /* 1 at least */
	/* What Linux unpacks for an initramfs: one frame, no CRC64, no dictionary that a small
	 * machine has no room for (lib/decompress_*.c). */
	bool for_kernel;
	codec_put_fn *put; /* called by the caller's thread only */
	void *ctx;
};

/* A codec's own struct starts with this. */
struct codec {
	const struct codec_ops *ops;
};

struct codec_ops {
	const char *name;
	const char *const *suffixes; /* what file names end in; ends with NULL */
	int level_min, level_max, level;
	unsigned threads_max; /* as long as nobody asks for more: each one costs memory */

	/* All return what `put` failed with, or -EIO, -ENOMEM of their own. */
	int (*open)(struct codec **out, const struct codec_args *args);
	int (*put)(struct codec *c, const void *data, size_t n);
	int (*finish)(struct codec *c); /* the end; nothing more can be put */
	void (*free)(struct codec *c); /* what was not finished is lost */
};

extern const struct codec_ops codec_gzip, codec_xz, codec_zstd;

#endif
