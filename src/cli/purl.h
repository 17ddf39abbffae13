/* Package URLs: "pkg:deb/debian/libstdc%2B%2B6@12.2.0-14?arch=amd64" (purl-spec, ECMA-427). */
#ifndef CLI_PURL_H
#define CLI_PURL_H

#include "base/arena.h"
#include "cli/os_release.h"

#include <mkroot/packages.h>

#include <stdbool.h>
#include <stddef.h>

struct purl_qualifier {
	const char *key; /* lower case */
	const char *value; /* NULL or "": it is not there */
};

/* The parts as they are, not encoded; NULL or "": not there. Any bytes but NUL. */
struct purl {
	const char *type; /* lower case */
	const char *namespace; /* of one segment */
	const char *name; /* never empty */
	const char *version;
	const struct purl_qualifier *qualifiers;
	size_t n_qualifiers;
};

/* The canonical text: ASCII. */
char *purl_text(struct arena *a, const struct purl *p);

/* As in it: all but letters, digits and ".-_~:" as %XX; and what is in `also`. */
char *purl_encode(struct arena *a, const char *text, const char *also);

/* Of an installed package of that system. *ret_valid is false when the specification allows no such
 * URL: without an ID there is no namespace, which the package managers' types require, and parts
 * are UTF-8. */
char *purl_of(struct arena *a, const struct mkr_package *p, enum mkr_package_format format,
	const struct os_release *os, bool *ret_valid);

#endif
