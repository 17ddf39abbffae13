/* What is told of the bytes of a source as they pass by on their way into an output. */
#ifndef SINK_TAP_H
#define SINK_TAP_H

#include <mkroot/sink.h>

#include <nettle/sha1.h>
#include <nettle/sha2.h>

/* One for all entries of an output. */
struct tap {
	const struct mkr_target *to;
	uint64_t files, bytes; /* that were done before this entry */
	const char *path; /* of this entry */
	uint64_t seen; /* bytes of it that passed */
	struct sha256_ctx sha256; /* of those; where to->record asks for it */
	struct sha1_ctx sha1;
	bool wants_sha1;
};

/* Does anybody want to see the bytes themselves? NULL: no. */
bool tap_wants_bytes(const struct tap *t);

/* The next bytes of the source; to be called by who reads them. NULL: nobody listens. */
void tap_bytes(struct tap *t, const void *data, size_t n);

/* `n` more bytes are there, but only the kernel has seen them. */
void tap_count(const struct tap *t, uint64_t n);

/* Before the sink gets an entry, and after that; fd: its source, or -1. What did not pass by on the
 * way (it was copied within the kernel, or the output has it already) is read here, for the digest.
 * -ESTALE: the source has fewer bytes than it had. */
void tap_begin(struct tap *t, const struct mkr_entry *e);
int tap_end(struct tap *t, const struct mkr_entry *e, int fd, struct mkr_error *err);

/* All entries are done. */
void tap_finish(struct tap *t);

#endif
