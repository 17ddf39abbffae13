/* An archive or an image in a folder, with all that it says of its files, as a plan. */
#ifndef CLI_STORED_H
#define CLI_STORED_H

#include "base/arena.h"

#include <mkroot/image.h>
#include <mkroot/plan.h>
#include <mkroot/root.h>

struct stored {
	struct mkr_unpacked *unpacked;
	struct mkr_root *root;
	struct arena *arena; /* the caller's, for what the entries have */
};

/* Unpacks it below TMPDIR. stored_close() also after a failure. */
int stored_open(
	struct stored *s, const struct mkr_image *img, struct arena *arena, struct mkr_error *err);
void stored_close(struct stored *s);

/* An mkr_policy.known(); ctx is the struct stored. */
bool stored_known(void *ctx, struct mkr_entry *e, uint64_t ino);

#endif
