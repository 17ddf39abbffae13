/* --try: a command that has to work in what is built. */
#ifndef CLI_TRY_H
#define CLI_TRY_H

#include <mkroot/plan.h>

#include <stdbool.h>

/* Runs each of the commands (ends with NULL) in a root that holds the plan, or in the root that
 * `ref` names. What they print goes to standard error, their input is empty. False, with the error
 * said, when one fails. */
bool try_plan(const struct mkr_plan *plan, const char *const *commands);
bool try_root(const char *ref, const char *const *commands);

#endif
