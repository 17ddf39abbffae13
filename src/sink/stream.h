/* A stream of bytes into a file or into a function, compressed on the way or not, and hashed on
 * both sides when that is asked for. */
#ifndef SINK_STREAM_H
#define SINK_STREAM_H

#include "os/write.h"
#include "sink/codec.h"

#include <mkroot/sink.h>

struct stream;
struct tap;

struct stream_args {
	const char *name; /* what errors call the output */
	const char *suffix; /* which compression: that of a file name with this end */
	const struct mkr_target *to; /* for level and threads */
	bool for_kernel; /* see codec.h */
	bool digests; /* stream_digests() will be called */
	int fd; /* where it goes, the caller's; or, when `put` is not NULL, ... */
	struct tap *tap; /* sees what stream_copy() reads; may be NULL */
	codec_put_fn *put; /* ... 0 or a negative errno */
	void *ctx;
};

/* Is a file whose name ends so compressed? */
bool stream_is_packed(const char *suffix);

/* -EINVAL: the compression that a suffix asks for has no such level (-1: its own default). */
int stream_check(const char *suffix, int level, struct mkr_error *err);

/* All of args is borrowed. */
int stream_open(struct stream **out, const struct stream_args *args, struct mkr_error *err);
void stream_free(struct stream *s); /* what was not finished is lost */

int stream_put(struct stream *s, const void *data, size_t n, struct mkr_error *err);
int stream_zeros(struct stream *s, size_t n, struct mkr_error *err);

/* The next `size` bytes of the file `from`. Only errors of writing are put into words; the others
 * are in *ret. */
int stream_copy(
	struct stream *s, int from, uint64_t size, struct copied *ret, struct mkr_error *err);

int stream_finish(struct stream *s, struct mkr_error *err);

struct stream_digest {
	uint64_t size; /* bytes */
	unsigned char sha256[32];
};

/* Once, after stream_finish(): of what was put in, and of what came out. */
void stream_digests(struct stream *s, struct stream_digest *plain, struct stream_digest *packed);

#endif
