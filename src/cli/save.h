/* run --save: the root as it is when the command has ended. */
#ifndef CLI_SAVE_H
#define CLI_SAVE_H

#include <mkroot/error.h>
#include <mkroot/image.h>
#include <mkroot/plan.h>
#include <mkroot/sink.h>

struct save {
	struct mkr_target target;
	struct mkr_policy policy;
	const struct mkr_image *image; /* what changes are to be a layer over; NULL: all is saved */
};

/* Looks at OUTPUT before the command is started. `img`: what is run; when both are images, only
 * the changes are to be written. To write into the folder that is read from is refused. */
int save_check(
	struct save *s, const char *output, const struct mkr_image *img, struct mkr_error *err);

/* An mkr_box.ended(); ctx is the struct save. */
int save_root(void *ctx, int rootfd, const char *const *made, struct mkr_error *err);

#endif
