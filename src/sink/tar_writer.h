/* The members of a tar, header by header, into a stream. */
#ifndef SINK_TAR_WRITER_H
#define SINK_TAR_WRITER_H

#include "sink/stream.h"
#include "sink/tar_header.h"

/* Zeroed: nothing written yet. */
struct tar_writer {
	tar_bytes header;
	uint64_t written; /* bytes */
};

/* One member with its content, which is read as sink_ops.entry says. */
int tar_put(struct tar_writer *t, struct stream *s, const struct mkr_entry *e, int fd,
	struct mkr_error *err);

/* The end of the archive; the writer is as new then. */
int tar_end(struct tar_writer *t, struct stream *s, struct mkr_error *err);

/* How many zeros end an archive of `written` bytes. */
size_t tar_end_size(uint64_t written);

void tar_free_writer(struct tar_writer *t);

#endif
