/* A build whose output is an image: what it says of itself. */
#ifndef CLI_BUILD_IMAGE_H
#define CLI_BUILD_IMAGE_H

#include "cli/build.h"

/* From the options alone, once target and policy are known. -EINVAL: what an option says, or that
 * it is given for another output. */
int build_begin_image(struct build *b, struct mkr_error *err);

/* The words of --with, `otherwise` when there are none: in an image "packages" belongs to "auto",
 * and to what is not said. Ends with NULL; the build's. */
const char *const *build_with(struct build *b, const char *otherwise);

/* Once there is a plan. -EINVAL: no one machine; -ENOENT: no such user. */
int build_settle_image(struct build *b, struct mkr_error *err);

#endif
