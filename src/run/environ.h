/* The variables that depend on the root. */
#ifndef RUN_ENVIRON_H
#define RUN_ENVIRON_H

#include "base/arena.h"

/* `env` with HOME and LANG where it lacks them: `home`, and C.UTF-8 where the root the process is
 * in has that locale. In the arena. */
const char *const *environ_complete(struct arena *a, const char *const *env, const char *home);

#endif
