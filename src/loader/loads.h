/* The loads of finished maps. */
#ifndef LOADER_LOADS_H
#define LOADER_LOADS_H

#include "loader/registry.h"

#include <mkroot/loader.h>

/* A copy that lives as long as the registry; the very one of the call before when there is no
 * difference, as between most programs' maps for one level of glibc-hwcaps and the next. */
const struct mkr_load *loads_keep(struct registry *g, const struct mkr_load *load, size_t n);

#endif
