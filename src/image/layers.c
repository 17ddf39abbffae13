/* Layers, one on the other: image-spec, layer.md. */
#include "image/layer.h"
#include "image/unpack.h"
#include "image/upper.h"

#include <stdio.h>

static int unpack_layer(
	const struct mkr_image *img, size_t i, struct unpack *u, struct mkr_error *err)
{
	struct layer *s;
	struct archive *tar;
	int r = layer_open(&s, &tar, &img->layers[i], img->filters[i], err);
	if (r < 0)
		return r;
	/* The first one has nothing below that it could hide. */
	u->upper = i ? upper_new(u->place.rootfd) : NULL;
	r = unpack_members(tar, u, err);
	if (r == 0)
		r = layer_finish(s, err);
	upper_free(u->upper);
	u->upper = NULL;
	layer_free(s);
	return r;
}

static int read_layer(struct layer *s, mkr_bytes_fn *put, void *ctx, struct mkr_error *err)
{
	const void *data;
	ssize_t n = 0;
	int r = 0;
	while (put && r == 0 && (n = layer_read(s, &data, err)) > 0)
		r = put(ctx, data, (size_t)n);
	if (n < 0)
		return (int)n;
	return r < 0 ? r : layer_finish(s, err);
}

int mkr_image_layer_read(
	const struct mkr_image *img, size_t i, mkr_bytes_fn *put, void *ctx, struct mkr_error *err)
{
	struct layer *s;
	int r = layer_open_bytes(&s, &img->layers[i], img->filters[i], err);
	if (r == 0) {
		r = read_layer(s, put, ctx, err);
		layer_free(s);
	}
	return r < 0 ? mkr_wrap(err, r, "'%s': layer %zu", img->name, i + 1) : 0;
}

/* As docker makes it. Where that cannot be, entering it says why. */
static void make_workdir(struct unpack *u, const char *dir)
{
	char path[PATH_MAX];
	if (dir && place_clean(path, dir, NULL) == 0)
		place_make(&u->place, path, NULL);
}

int layers_unpack(const struct mkr_image *img, struct unpack *u, struct mkr_error *err)
{
	u->layered = true;
	u->place.replaces_folders = true;
	for (size_t i = 0; i < img->n_layers; i++) {
		int r = unpack_layer(img, i, u, err);
		if (r < 0)
			return mkr_wrap(err, r, "layer %zu", i + 1);
	}
	make_workdir(u, img->config.workdir);
	return 0;
}
