/* Adding a finished stage to a folder that is there already: compared before anything is written,
 * moved in by renames, and moved out again when one of them fails. */
#ifndef SINK_DIR_MERGE_H
#define SINK_DIR_MERGE_H

#include "sink/dir_stage.h"

/* What becomes of an entry. */
enum fate {
	FATE_CARRIED, /* new, in a directory that is new too: comes along with it */
	FATE_MOVED, /* new, in a directory that is there */
	FATE_KEPT, /* a directory, a link to one inside, the very same link: stays as it is */
	FATE_SWAPPED, /* something of the same type is there: they change places */
	FATE_REPLACED, /* the same where the file system cannot swap: the old one is gone */
};

struct merge {
	struct tree into;
	const char *name; /* of the folder, for errors */
	const struct mkr_entry *entries;
	size_t n;
	unsigned char *fate; /* enum fate, one for each entry */
};

/* Settles the fates. -EEXIST: what is there is of another type (the text names both), -EACCES,
 * -EXDEV: something would have to go into a directory that cannot take it. */
int merge_compare(struct merge *m, struct mkr_error *err);

/* Moves everything in, or nothing. The modes of moved directories are set at the end. */
int merge_apply(struct merge *m, struct stage *s, struct mkr_error *err);

#endif
