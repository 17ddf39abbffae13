/* What a manifest tells of a path beyond the plan's entry for it. */
#ifndef CLI_MANIFEST_FACTS_H
#define CLI_MANIFEST_FACTS_H

#include "base/arena.h"

#include <mkroot/closure.h>
#include <mkroot/plan.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is known once an entry was written. */
struct fact {
	int64_t mtime; /* of the output, in seconds since 1970 */
	bool hashed;
	unsigned char sha256[32];
	const unsigned char *build_id; /* in the arena; NULL: none */
	size_t build_id_size;
};

/* Reads the build ID of an open file, if it is an ELF file that has one. */
void fact_read_build_id(struct fact *f, struct arena *a, int fd, uint64_t size);

/* One object on the way from a program to a file. */
struct link_hop {
	const char *path, *name, *how; /* as `mkroot why` shows them */
	const struct link_hop *by; /* who loaded it; NULL: it is what was started */
};

/* Where each file that a loader maps comes from. */
struct origins;
struct origins *origins_new(struct arena *a, const struct mkr_closure *c);
void origins_free(struct origins *o);

/* The last hop of the chain that brought the entry; NULL: no loader maps it, or it is what is
 * started. */
const struct link_hop *origins_of(const struct origins *o, const struct mkr_entry *e);

#endif
