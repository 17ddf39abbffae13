/* The documents beside the output, --manifest and --sbom: each whole or absent, as the output is.
 */
#ifndef CLI_DOCUMENTS_H
#define CLI_DOCUMENTS_H

#include "cli/inventory.h"

#include <mkroot/error.h>
#include <mkroot/sink.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* How one is written. */
struct document_format {
	const char *name;
	bool sha1; /* asks for the SHA-1 of the files that nobody ships */
	bool packages; /* tells of them in the first place: is warned of what is not known */
	int (*write)(FILE *out, const struct inventory *inv, struct mkr_error *err);
};
extern const struct document_format document_manifest, document_spdx, document_cyclonedx;

struct build_args;
struct documents;

/* Those that the options name. -EINVAL: with what else was said they make no sense. `path`: the
 * output's, NULL: it has none. Borrows the arguments. */
int documents_new(struct documents **out, const struct build_args *args, const char *path,
	struct mkr_error *err);
void documents_free(struct documents *d); /* not finished: leaves nothing behind */

/* Could they be written? Creates nothing. */
int documents_check(const struct documents *d, struct mkr_error *err);

/* The option whose document has that file's name, "--sbom"; NULL: none has. */
const char *documents_named(const struct documents *d, const char *name);

/* The option whose document goes to standard output, "--sbom"; NULL: none does. */
const char *documents_on_stdout(const struct build_args *args);

/* For mkr_target.record, of a plan that is to be written; NULL: nobody asks for one. `created` as
 * the inventory has it; `to` is told what the documents will lack. All is borrowed. A file has all
 * its bytes when the output gets its name. */
const struct mkr_record *documents_begin(struct documents *d, const struct mkr_entry *entries,
	size_t n, const struct mkr_closure *closure, const int64_t *created,
	const struct mkr_target *to);

/* The output has its name: so get the documents. */
int documents_finish(struct documents *d, struct mkr_error *err);

#endif
