/* Missing libraries and interpreters, in the form of all errors: what, by whom, where it was looked
 * for, and what to do. */
#ifndef CLI_MISSING_H
#define CLI_MISSING_H

#include <mkroot/closure.h>
#include <mkroot/loader.h>

/* One error for each name and asker. Returns how many. */
size_t missing_report(const struct mkr_closure *c, struct mkr_loader *ld);

#endif
