/* What the sinks that write images share. */
#ifndef SINK_IMAGE_SINK_H
#define SINK_IMAGE_SINK_H

#include "sink/image_name.h"
#include "sink/store.h"

/* Looks at the configuration: the compression and its level. */
int image_check(const struct sink_args *args, struct mkr_error *err);

/* What differs between them. */
struct image_kind {
	bool folder; /* a layout, not an archive */
	bool docker; /* with a manifest.json */
};

int image_open(struct mkr_sink **out, const struct sink_args *args, struct image_kind kind,
	struct mkr_error *err);

/* Rows of mkr_sink_ops. */
int image_entry(struct mkr_sink *s, const struct mkr_entry *e, int fd, struct mkr_error *err);
int image_commit(struct mkr_sink *s, struct mkr_error *err);
void image_free(struct mkr_sink *s);

/* The checks of a TAG of a layout. */
int image_check_tag(const struct sink_args *args, struct mkr_error *err);

#endif
