/* The layers of the image that a new one is based on. */
#ifndef SINK_BASE_LAYERS_H
#define SINK_BASE_LAYERS_H

#include "sink/image_json.h"
#include "sink/store.h"

/* Puts layer `i` of args->to->image->base into the store. `suffix`: how it is compressed where zstd
 * is not known; NULL: as it is. The blob is kept byte for byte, its digest compared. -EBADMSG: it
 * is not what the manifest says. */
int base_layer_put(struct layer_digests *ret, struct store *store, const struct sink_args *args,
	size_t i, const char *suffix, struct mkr_error *err);

/* The media type that image-spec has for layers compressed by "gzip", "zstd" or "none". Static. */
const char *layer_type_of(const char *compression);

/* Seconds since 1970 that a configuration says it was created; INT64_MIN: it does not. */
int64_t created_of(const json_t *config);

#endif
