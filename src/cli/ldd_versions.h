/* ldd -v: which version of which library each object needs, in ldd's words. */
#ifndef CLI_LDD_VERSIONS_H
#define CLI_LDD_VERSIONS_H

#include <mkroot/loader.h>

#include <stdbool.h>

/* Prints the "Version information:" of a map to stdout, and what would end the start, or what the
 * loader would warn of, to stderr, `typed` first as ld.so does. True: nothing would end it. */
bool ldd_versions(struct mkr_loader *ld, const struct mkr_map *map, const char *typed);

#endif
