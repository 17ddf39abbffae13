/* The JSON documents of an image (image-spec 1.1: config.md, manifest.md, descriptor.md). All
 * return a value that the caller lets go of. */
#ifndef SINK_IMAGE_JSON_H
#define SINK_IMAGE_JSON_H

#include "base/json.h"
#include "sink/layers.h"
#include "sink/stream.h"

/* A layer as it was written. */
struct layer_digests {
	struct stream_digest plain, packed;
	const char *title; /* layer.title */
	const char *type; /* media type */
};

struct image_facts {
	const struct mkr_image_spec *config;
	int64_t created; /* seconds since 1970 */
	const struct layer_digests *layers;
	size_t n;
	const json_t *base; /* the configuration of what it is based on; NULL: of nothing */
	size_t n_base; /* so many of the layers are that one's */
	const char *const *annotations; /* "K=V", which config's own win over; may be NULL */
};

/* Text that is no UTF-8 is not in it: the caller has seen to the configuration's. */
json_t *image_config(const struct image_facts *f);

/* Nothing but the base's own layers, and its configuration says the same as `config`. */
bool image_is_base(const struct image_facts *f, const json_t *config);

json_t *image_manifest(const struct image_facts *f, const struct stream_digest *config);

/* Does a manifest, which may say more, name the same blobs in the same way as `made`, and have the
 * same annotations? */
bool manifest_says(const json_t *manifest, const json_t *made);

/* What the index says of the manifest. `tag`, `full` (what containerd names it by): NULL for none.
 */
json_t *image_descriptor(const struct image_facts *f, const struct stream_digest *manifest,
	const char *tag, const char *full);

/* The manifest.json that docker load reads. `familiar`: its name, NULL for none. */
json_t *docker_manifest(
	const struct image_facts *f, const struct stream_digest *config, const char *familiar);

#endif
