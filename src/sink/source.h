/* Where the bytes of an entry come from, held against what the plan knew of it. */
#ifndef SINK_SOURCE_H
#define SINK_SOURCE_H

#include <mkroot/plan.h>

#include <stdbool.h>
#include <sys/stat.h>

/* A regular file with bytes of its own: neither a hard link nor data made by the plan. */
bool entry_has_source(const struct mkr_entry *e);

/* The newest mtime of all: under a clamp (mkr_policy) a source may be newer than its entry, but
 * only where the entry has this very time, and no fraction of a second. */
int64_t newest_mtime(const struct mkr_entry *entries, size_t n);

/* The same without the folders. */
int64_t newest_file_mtime(const struct mkr_entry *entries, size_t n);

/* Opens the source for reading; *st is what fstat(2) says. -ESTALE: not the file of the plan. */
int source_open(const struct mkr_entry *e, int64_t newest, struct stat *st, struct mkr_error *err);

/* After reading: whether the file is still what it was. */
int source_check(
	const struct mkr_entry *e, int fd, const struct stat *before, struct mkr_error *err);

/* Sets the error for a source that gave fewer bytes than it should. */
int source_stale(const struct mkr_entry *e, struct mkr_error *err);

#endif
