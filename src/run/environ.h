/* The variables that depend on the root. */
#ifndef RUN_ENVIRON_H
#define RUN_ENVIRON_H

#include "base/arena.h"

/* `env` with HOME and LANG where it lacks them: `home`, and C.UTF-8 where the root the process is
 * in has that locale. All of it in the arena. */
const char *const *environ_complete(struct arena *a, const char *const *env, const char *home);

/* Wipes this process' own environment, the caller's: /proc/PID/environ shows the bytes that it was
 * started with to who has CAP_SYS_PTRACE, and since Linux 6.17 also to CAP_PERFMON and
 * CAP_SYS_ADMIN (mm_access() in kernel/fork.c). */
void environ_forget(void);

#endif
