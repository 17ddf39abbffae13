/* All that is in the output, as it was written: what the documents beside it tell of. */
#ifndef CLI_INVENTORY_H
#define CLI_INVENTORY_H

#include "base/arena.h"

#include <mkroot/closure.h>
#include <mkroot/packages.h>
#include <mkroot/plan.h>
#include <mkroot/sink.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is known of an entry beyond the plan's. */
struct fact {
	const struct mkr_package
		*owner; /* of the file or link that it is a copy of; NULL: nobody */
	bool in_base; /* it is base_packages that has the owner */
	bool nobodys; /* the file, or another name of it, has no owner */
	/* Once it was written: */
	int64_t mtime; /* of the output, in seconds since 1970 */
	bool hashed;
	struct mkr_digests digests;
	bool is_elf;
	const unsigned char *build_id; /* in the arena; NULL: none */
	size_t build_id_size;
};

struct inventory {
	struct arena *arena; /* for who reads it, too */
	const struct mkr_entry *entries;
	size_t n;
	const struct mkr_closure *closure;
	struct mkr_packages *packages; /* of the closure's root */
	const struct mkr_root *base; /* another root that files are of; NULL: none are */
	struct mkr_packages *base_packages;
	struct fact *facts; /* of the entries */
	const int64_t *created; /* NULL: not said */
	int failed; /* -errno: what was written could not be looked into; else 0 */
	const char *failed_path;
};

/* Of a plan that is to be written, with the owners; all is borrowed. */
struct inventory *inventory_new(const struct mkr_entry *entries, size_t n,
	const struct mkr_closure *closure, const int64_t *created);
void inventory_free(struct inventory *inv);

/* As mkr_record's are: one more entry was written. */
void inventory_keep(struct inventory *inv, const struct mkr_entry *e,
	const struct mkr_digests *digests, int source);

/* What is known of the bytes of entry `i`, which may be a hard link. */
const struct fact *inventory_content(const struct inventory *inv, size_t i);

/* When the output was made: what was said, else the newest time of a file in it; never the clock.
 */
int64_t inventory_time(const struct inventory *inv);

#endif
