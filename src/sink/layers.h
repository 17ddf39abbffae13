/* Which entry goes into which layer of an image. */
#ifndef SINK_LAYERS_H
#define SINK_LAYERS_H

#include "sink/sink.h"

/* One layer: the entries from the end of the one before up to `end`. */
struct layer {
	const char *title; /* a package's name, "packages", "files"; NULL when there is one layer */
	size_t end;
};

struct layers {
	struct layer *at;
	size_t n; /* 1 at least */
};

/* A sink_ops.arrange: layer by layer, each a tree of its own, with the folders on the way. First
 * what every program has (mkr_origin.base), then the packages that most others need, each alone as
 * long as there are layers left, then all other packages, and last what nobody ships.
 *
 * A package's layer is a function of its files alone: folders in it are as old as the newest file
 * in it, as what else happened to a folder is this host's history. -EINVAL: a name that means
 * something else in a layer (image-spec, layer.md, "Whiteouts"). */
int layers_arrange(struct sink_args *args, struct mkr_error *err);

#endif
