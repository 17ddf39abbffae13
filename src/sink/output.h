/* The file that an archive is written into, or standard output: what the formats share. */
#ifndef SINK_OUTPUT_H
#define SINK_OUTPUT_H

#include "os/write.h"
#include "sink/sink.h"
#include "sink/stream.h"

struct output {
	struct new_file file;
	struct stream *stream;
};

/* A sink_ops.check: the compression, its level, the place. */
int output_check(const struct sink_args *args, struct mkr_error *err);

/* Opens the file alone; output.stream stays NULL. On failure there is nothing to close. */
int output_open_file(struct output *o, const struct sink_args *args, struct mkr_error *err);

/* Opens both; see stream_args.for_kernel. */
int output_open(
	struct output *o, const struct sink_args *args, bool for_kernel, struct mkr_error *err);

/* All bytes of a regular file into the stream. -ESTALE: the source has fewer than it had. */
int output_content(struct stream *s, const struct mkr_entry *e, int fd, struct mkr_error *err);

/* Ends the stream, if there is one, and gives the file its name. */
int output_commit(struct output *o, const struct sink_args *args, struct mkr_error *err);

/* Not committed: nothing is left. */
void output_close(struct output *o);

#endif
