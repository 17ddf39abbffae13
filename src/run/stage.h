/* Carries the list out, inside the new namespaces. */
#ifndef RUN_STAGE_H
#define RUN_STAGE_H

#include "run/op.h"

/* The working directory is ROOT when it is a folder. `owners`: of an archive's files. */
int stage_ops(const struct ops *ops, const struct mkr_image *img, enum mkr_owners owners,
	struct mkr_error *err);

#endif
