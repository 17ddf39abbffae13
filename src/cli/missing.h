/* Missing libraries and interpreters, in the form of all errors: what, by whom, where it was looked
 * for, and what to do. */
#ifndef CLI_MISSING_H
#define CLI_MISSING_H

#include <mkroot/closure.h>
#include <mkroot/loader.h>

/* One error for each name and asker. Returns how many. */
size_t missing_report(const struct mkr_closure *c, struct mkr_loader *ld);

/* The error for one load of a map that has no path. */
void missing_report_load(struct mkr_loader *ld, const struct mkr_map *map, size_t at);

#endif
