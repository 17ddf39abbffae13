/* One request of one object: what it leads to (glibc elf/dl-load.c _dl_map_object). */
#ifndef LOADER_REQUEST_H
#define LOADER_REQUEST_H

#include "loader/chain.h"

/* The object that the name leads to, an old one or a new one, which may be missing or refused.
 * NO_OBJECT: the request falls away without a trace. */
size_t request_needed(struct process *p, size_t by, struct name *name, enum mkr_request_kind kind);

/* LD_PRELOAD and /etc/ld.so.preload: appends what they name. */
void request_preloads(struct process *p);

#endif
