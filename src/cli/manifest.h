/* --manifest: one JSON document that tells of every path what it is and why it is there. Its keys
 * are a promise (doc/mkroot.1.scd): members may come, none goes or changes. */
#ifndef CLI_MANIFEST_H
#define CLI_MANIFEST_H

#include <mkroot/closure.h>
#include <mkroot/error.h>
#include <mkroot/plan.h>
#include <mkroot/sink.h>

#include <stddef.h>

struct manifest;

/* Of a plan that is to be written; all is borrowed. `file` as whole_file_open() takes it. */
struct manifest *manifest_new(const char *file, const struct mkr_entry *entries, size_t n,
	const struct mkr_closure *closure);
void manifest_free(struct manifest *m); /* not finished: leaves nothing behind */

/* For mkr_target.record. A file has all its bytes when the output gets its name. */
const struct mkr_record *manifest_record(const struct manifest *m);

/* The output has its name: so gets the manifest. */
int manifest_finish(struct manifest *m, struct mkr_error *err);

#endif
