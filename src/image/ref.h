/* ROOT as it is typed: [SCHEME:]PATH[:TAG]. */
#ifndef IMAGE_REF_H
#define IMAGE_REF_H

#include "base/arena.h"

enum scheme {
	SCHEME_NONE,
	SCHEME_PLAIN, /* dir: and tar: */
	SCHEME_OCI,
	SCHEME_OCI_ARCHIVE,
	SCHEME_DOCKER_ARCHIVE,
	SCHEME_BUNDLE,
};

struct ref {
	enum scheme scheme;
	const char *path, *tag; /* NULL: none */
};

struct ref ref_parse(struct arena *a, const char *text);

#endif
