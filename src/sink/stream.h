/* A stream of bytes into a file, compressed on the way or not. */
#ifndef SINK_STREAM_H
#define SINK_STREAM_H

#include "os/write.h"

#include <mkroot/sink.h>

struct stream;

/* The compression that a suffix asks for: ".gz" or ".tgz" gzip, ".xz" xz, ".zst" zstd, else none.
 * -EINVAL: that compression has no such level. */
int stream_check(const char *suffix, int level, struct mkr_error *err);

/* Writes to fd, which stays the caller's; `name` is what errors call it. Both are borrowed. */
int stream_open(struct stream **out, int fd, const char *name, const char *suffix,
	const struct mkr_target *to, struct mkr_error *err);
void stream_free(struct stream *s); /* what was not finished is lost */

int stream_put(struct stream *s, const void *data, size_t n, struct mkr_error *err);
int stream_zeros(struct stream *s, size_t n, struct mkr_error *err);

/* The next `size` bytes of the file `from`. Only errors of writing are put into words; the others
 * are in *ret. */
int stream_copy(
	struct stream *s, int from, uint64_t size, struct copied *ret, struct mkr_error *err);

int stream_finish(struct stream *s, struct mkr_error *err);

#endif
