/* What a bill of materials tells of a root, whatever its format: the packages that have a file in
 * it, the files that nobody ships, and who needs whom. */
#ifndef CLI_SBOM_H
#define CLI_SBOM_H

#include "base/time_text.h"
#include "base/uuid.h"
#include "base/vec.h"
#include "cli/inventory.h"
#include "cli/os_release.h"

#include <stdbool.h>

/* A package, or a file. */
struct sbom_part {
	const char *ref; /* unique, ASCII: the package URL, "package:...", or "file:/PATH" */
	const struct mkr_package *package; /* NULL: a file */
	bool has_url; /* ref is a package URL: the system says what it is */
	size_t entry; /* of the file */
	bool asked; /* it, or a file of it, was asked for by name */
	bool mapped; /* a loader maps it: its needs are known */
	const size_t *needs; /* the parts, in order */
	size_t n_needs;
};

struct sbom {
	const struct inventory *inv;
	struct arena *arena;
	struct os_release os; /* of what is inside */
	struct os_release root_os, base_os; /* of those whose packages are inside */
	VEC(struct sbom_part) parts; /* packages by their refs, then files by their paths */
	size_t n_packages;
	size_t *part_of; /* of each entry; SIZE_MAX: none */
	char created[TIME_TEXT];
	char uuid[UUID_TEXT]; /* of the root's content and what is told of it */
};

/* Fails when the root cannot be read any more. */
int sbom_new(struct sbom **out, const struct inventory *inv, struct mkr_error *err);
void sbom_free(struct sbom *s);

/* The path as it is in the root, "/usr/bin/x". */
const char *sbom_path(const struct sbom *s, const struct sbom_part *file);

/* The same in base64 when it is no UTF-8, else NULL: no document can hold such a name. */
const char *sbom_path_base64(const struct sbom *s, const struct sbom_part *file);

/* What is known of the file's bytes, and its ELF build ID in digits, NULL: it has none. */
const struct fact *sbom_content(const struct sbom *s, const struct sbom_part *file);
const char *sbom_build_id(const struct sbom *s, const struct sbom_part *file);

/* Fills in the needs, as the closure's link maps have them (sbom_needs.c). */
int sbom_find_needs(struct sbom *s, struct mkr_error *err);

#endif
