/* Single searches made again after a map is whole: what they would give by themselves, and what
 * they passed over. */
#ifndef LOADER_AGAIN_H
#define LOADER_AGAIN_H

#include "loader/flavour.h"

/* Both fill in the objects of p, a process without any, from the map, and empty it again. */
const char *again_passed_over(struct process *p, const struct mkr_map *map, size_t load);
size_t again_borrowed(
	struct process *p, const struct mkr_map *map, const struct mkr_borrowed **out);

#endif
