/* An ordinary user's shell often lies in a cgroup that is root's. systemd --user has some to give.
 */
#ifndef CLI_USER_SCOPE_H
#define CLI_USER_SCOPE_H

#include <stdbool.h>

/* Starts this program again, with its own arguments, in a scope that systemd --user makes for it
 * and delegates to it. Comes back when there is no such service, when it refuses, or when this is
 * the second start already. */
void user_scope_enter(void);

/* True for the variable of the environment ("NAME=VALUE") that tells the second start from the
 * first: no program's business. */
bool user_scope_is_mark(const char *pair);

#endif
