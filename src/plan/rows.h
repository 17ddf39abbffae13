/* Entries of several plans on their way into a new one. */
#ifndef PLAN_ROWS_H
#define PLAN_ROWS_H

#include "base/vec.h"
#include "plan/internal.h"

struct row {
	struct mkr_entry e;
	const struct mkr_entry *file; /* of a regular file: the entry with its bytes, which all
				       * names of one file share; else NULL */
	bool added;
};

typedef VEC(struct row) row_vec;

/* The entry that holds the bytes of a regular file, one of the `n` sorted ones; NULL: no file. */
const struct mkr_entry *row_file(
	const struct mkr_entry *e, const struct mkr_entry *entries, size_t n);

/* Sorts them by path. */
void rows_sort(row_vec *rows);

/* A plan of the sorted rows, all or those that were added with the folders they are in. Of the
 * names of one file the first that is in it has the bytes, and the others become links to that. */
struct mkr_plan *rows_plan(const row_vec *rows, bool added);

#endif
