/* A tree in the making, in a folder that nobody looks into yet. */
#ifndef SINK_DIR_STAGE_H
#define SINK_DIR_STAGE_H

#include "sink/sink.h"
#include "sink/tree.h"

struct stage {
	const struct mkr_target *to;
	struct tree tree, links; /* two places in the same tree */
	bool is_root; /* owners are set */
};

/* Makes one entry in the stage. A directory is made with the mode 0700, so that it can be filled.
 */
int stage_entry(struct stage *s, const struct mkr_entry *e, int fd, struct mkr_error *err);

/* Gives a directory its mode, owner, times: once all that it holds is there. */
int stage_finish_dir(
	struct stage *s, struct tree *t, const struct mkr_entry *e, struct mkr_error *err);

/* Removes those of the entries that are there. */
void stage_remove(struct stage *s, const struct mkr_entry *entries, size_t n);

#endif
