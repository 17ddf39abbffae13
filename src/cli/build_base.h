/* --base: what a build starts from. */
#ifndef CLI_BUILD_BASE_H
#define CLI_BUILD_BASE_H

#include "cli/build.h"

/* Opens the base, if there is one, and unpacks it where its files are needed. */
int build_begin_base(struct build *b, struct mkr_error *err);

/* Lays the plan over the base: what is to be written, and what there will be. */
int build_lay(struct build *b, struct mkr_error *err);

/* What the image takes over from the base where the options are silent. */
void build_inherit(struct build *b);

void build_free_base(struct build *b);

#endif
