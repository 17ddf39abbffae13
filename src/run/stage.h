/* Carries the list out, inside the new namespaces. */
#ifndef RUN_STAGE_H
#define RUN_STAGE_H

#include "run/op.h"

struct stage_ids {
	enum mkr_owners owners; /* of an archive's files */
	bool userns; /* a user namespace of our own */
	int *root_mount; /* ROOT with other ids, taken; -1: as the caller has it */
	int *console; /* becomes what the terminal is to be mounted on (O_PATH); NULL: there is none
		       */
};

/* The working directory is ROOT when it is a folder without a root_mount. */
int stage_ops(const struct ops *ops, const struct mkr_image *img, const struct stage_ids *ids,
	struct mkr_error *err);

#endif
