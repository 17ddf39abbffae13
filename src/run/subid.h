/* subuid(5): the ids that users may give to their user namespaces. */
#ifndef RUN_SUBID_H
#define RUN_SUBID_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct subid {
	uint32_t first, count;
};

/* The largest range of the user, by name (may be NULL) or by number. */
bool subid_find(struct str text, const char *name, uint32_t id, struct subid *ret);

/* Whether a line of anybody's has an id of these. */
bool subid_taken(struct str text, struct subid wanted);

/* 65536 ids that no line of the two texts has, of those that systemd sets apart for containers
 * (524288..1879048191, "Users, Groups, UIDs and GIDs on systemd Systems"), which no user gets.
 * `seed`: boxes with different ones get different ids, mostly. False: all are taken. */
bool subid_free(struct str uids, struct str gids, uint32_t seed, struct subid *ret);

#endif
