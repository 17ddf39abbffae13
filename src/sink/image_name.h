/* What images are called: the grammars of image-spec (annotations.md, org.opencontainers.image
 * .ref.name) and of docker's names (distribution/reference, regexp.go). */
#ifndef SINK_IMAGE_NAME_H
#define SINK_IMAGE_NAME_H

#include "base/arena.h"

#include <mkroot/error.h>

#include <stdbool.h>

/* A TAG in an OCI layout. */
bool image_tag_is_valid(const char *tag);

/* A name as docker has it, taken apart. */
struct docker_name {
	const char *familiar; /* "app:1.0", always with a tag: what docker images shows */
	const char *full; /* "docker.io/library/app:1.0" */
	const char *tag; /* "1.0" */
};

/* -EINVAL: docker would not take it. */
int docker_name_parse(
	struct docker_name *out, struct arena *a, const char *text, struct mkr_error *err);

#endif
