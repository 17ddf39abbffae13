#include "image/media.h"

#include <stddef.h>
#include <string.h>

/* image-spec: media-types.md; distribution: manifest-v2-2.md. Docker's zstd layers have no place in
 * the latter, but BuildKit writes them. */
static const struct {
	const char *name;
	enum media media;
	enum image_filter filter;
} types[] = {
	{ "application/vnd.oci.image.index.v1+json", MEDIA_INDEX },
	{ "application/vnd.docker.distribution.manifest.list.v2+json", MEDIA_INDEX },
	{ "application/vnd.oci.image.manifest.v1+json", MEDIA_MANIFEST },
	{ "application/vnd.docker.distribution.manifest.v2+json", MEDIA_MANIFEST },
	{ "application/vnd.oci.image.config.v1+json", MEDIA_CONFIG },
	{ "application/vnd.docker.container.image.v1+json", MEDIA_CONFIG },
	{ "application/vnd.oci.image.layer.v1.tar", MEDIA_LAYER, FILTER_NONE },
	{ "application/vnd.oci.image.layer.v1.tar+gzip", MEDIA_LAYER, FILTER_GZIP },
	{ "application/vnd.oci.image.layer.v1.tar+zstd", MEDIA_LAYER, FILTER_ZSTD },
	{ "application/vnd.docker.image.rootfs.diff.tar", MEDIA_LAYER, FILTER_NONE },
	{ "application/vnd.docker.image.rootfs.diff.tar.gzip", MEDIA_LAYER, FILTER_GZIP },
	{ "application/vnd.docker.image.rootfs.diff.tar.zstd", MEDIA_LAYER, FILTER_ZSTD },
	{ "application/vnd.oci.image.layer.nondistributable.v1.tar", MEDIA_FOREIGN },
	{ "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", MEDIA_FOREIGN },
	{ "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd", MEDIA_FOREIGN },
	{ "application/vnd.docker.image.rootfs.foreign.diff.tar", MEDIA_FOREIGN },
	{ "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", MEDIA_FOREIGN },
};

enum media media_look_up(const char *type, enum image_filter *ret_filter)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (strcmp(types[i].name, type) == 0) {
			*ret_filter = types[i].filter;
			return types[i].media;
		}
	}
	return MEDIA_UNKNOWN;
}

const char *media_of_layer(enum image_filter filter)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (types[i].media == MEDIA_LAYER && types[i].filter == filter)
			return types[i].name;
	return NULL;
}

const char *media_compression(enum image_filter filter)
{
	return filter == FILTER_GZIP ? "gzip" : filter == FILTER_ZSTD ? "zstd" : "none";
}
