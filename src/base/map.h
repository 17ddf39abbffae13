/* Hash maps are uthash's; its one failure goes where arena.c's goes. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/arena.h"

#define uthash_fatal(text) out_of_memory()
#include <uthash.h>

#endif
