/* The JSON documents of an image as C structs. All of them are somebody else's: each member is
 * looked at, what is copied is in the arena, and what cannot be is refused by its name. */
#ifndef IMAGE_DOCUMENTS_H
#define IMAGE_DOCUMENTS_H

#include "base/arena.h"

#include <mkroot/image.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of one document: the limit that registries and containers/image have for a manifest. One
 * layer is one open file, so there are less of them than RLIMIT_NOFILE mostly is. */
enum { DOCUMENT_MAX = 4 << 20, LAYERS_MAX = 512 };

/* image-spec, descriptor.md. Strings that are not there are NULL, but for the first two. */
struct descriptor {
	const char *media_type;
	const char *digest; /* a valid one, of SHA-256 */
	uint64_t size;
	const char *ref_name; /* the annotation org.opencontainers.image.ref.name */
	const char *image_name; /* io.containerd.image.name: the whole of "name:tag" */
	const char *os, *architecture, *variant;
	bool attested; /* not an image: BuildKit's statement about one */
};

struct descriptors {
	const struct descriptor *at;
	size_t n;
};

/* image-spec, image-index.md: index.json, and what it may refer to. */
int index_parse(struct descriptors *out, struct arena *a, const char *text, size_t n,
	struct mkr_error *err);

/* image-spec, image-layout.md: oci-layout. *ret_version may be NULL. */
int layout_version_parse(const char **ret_version, struct arena *a, const char *text, size_t n,
	struct mkr_error *err);

/* image-spec, manifest.md */
struct manifest {
	struct descriptor config;
	struct descriptors layers;
	const char *const *annotations; /* "K=V"; ends with NULL. What is no text is left out */
};
int manifest_parse(
	struct manifest *out, struct arena *a, const char *text, size_t n, struct mkr_error *err);

/* image-spec, config.md */
struct config {
	struct mkr_image_config facts;
	const char *const *diff_ids; /* valid digests */
	size_t n_diff_ids;
};
int config_parse(
	struct config *out, struct arena *a, const char *text, size_t n, struct mkr_error *err);

/* The manifest.json of docker save: names of members. */
struct saved_image {
	const char *config;
	const char *const *layers; /* ends with NULL */
	const char *const *tags; /* the same */
	size_t n_layers;
};
struct saved_images {
	const struct saved_image *at;
	size_t n;
};
int saved_parse(struct saved_images *out, struct arena *a, const char *text, size_t n,
	struct mkr_error *err);

/* An OCI runtime's config.json (runtime-spec, config.md): its command and root.path. */
int bundle_parse(struct mkr_image_config *out, const char **ret_root, struct arena *a,
	const char *text, size_t n, struct mkr_error *err);

#endif
