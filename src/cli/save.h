/* run --save: the root as it is when the command has ended. */
#ifndef CLI_SAVE_H
#define CLI_SAVE_H

#include <mkroot/error.h>
#include <mkroot/plan.h>
#include <mkroot/sink.h>

struct save {
	struct mkr_target target;
	struct mkr_policy policy;
};

/* Looks at OUTPUT before the command is started. `root`: the folder that is run, or -1; to write
 * into it what is read from it is refused. */
int save_check(struct save *s, const char *output, int root, struct mkr_error *err);

/* An mkr_box.ended(); ctx is the struct save. */
int save_root(void *ctx, int rootfd, struct mkr_error *err);

#endif
