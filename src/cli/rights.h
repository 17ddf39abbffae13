/* run's options about what the command may do, read into the box. */
#ifndef CLI_RIGHTS_H
#define CLI_RIGHTS_H

#include "cli/launch.h"

struct arena;
struct mkr_box;

/* What the box gets to point to is the arena's. Warns, unless args say "quiet", of a folder that is
 * handed on. */
int rights_read(struct mkr_box *box, struct arena *arena, const struct launch_args *args,
	struct mkr_error *err);

#endif
