/* A docker-archive, as docker save writes it (moby, image/tarexport). */
#include "base/str.h"
#include "image/digest.h"
#include "image/documents.h"
#include "image/layout.h"
#include "image/pick.h"
#include "image/decode.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

bool is_saved(struct store *s)
{
	return store_has(s, "manifest.json");
}

/* A config is named by its own digest: HEX.json, sha256:HEX, blobs/sha256/HEX. */
static const char *digest_in_name(struct arena *a, const char *name)
{
	struct str base = str_base(str_from(name));
	if (str_starts(base, STR("sha256:")))
		base = str_skip(base, strlen("sha256:"));
	if (str_ends(base, STR(".json")))
		base.n -= strlen(".json");
	return digest_is_hex(base.p, base.n) ? arena_printf(a, "sha256:%.*s", (int)base.n, base.p)
					     : NULL;
}

/* Layers have no media types here, and gzip'ed ones are as good as plain ones. */
static int load_layer(struct mkr_image *img, size_t i, const char *name, struct mkr_error *err)
{
	unsigned char head[8];
	struct blob b;
	int r = store_find(&img->store, name, &b, err);
	if (r < 0)
		return r;
	size_t want = b.size < sizeof(head) ? (size_t)b.size : sizeof(head);
	ssize_t n = pread(b.fd, head, want, (off_t)b.at);
	if (n < 0)
		return mkr_fail(err, -errno, "'%s' in it", name);
	img->filters[i] = filter_of(head, (size_t)n);
	const char *type = media_of_layer(img->filters[i]);
	if (!type)
		return mkr_failx(err, -ENOTSUP, "'%s' in it is neither plain, gzip nor zstd", name);
	img->layers[i] = (struct mkr_image_layer){
		.media_type = type,
		.compression = media_compression(img->filters[i]),
		.fd = b.fd,
		.offset = b.at,
		.size = b.size,
	};
	return 0;
}

int saved_load(struct mkr_image *img, const char *tag, struct mkr_error *err)
{
	struct blob b;
	const char *text;
	struct saved_images images;
	const struct saved_image *s = NULL;
	int r = store_find(&img->store, "manifest.json", &b, err);
	if (r < 0)
		return r;
	r = store_read(&img->store, &b, DOCUMENT_MAX, &text, err);
	if (r == 0)
		r = saved_parse(&images, img->arena, text, (size_t)b.size, err);
	if (r < 0)
		return mkr_wrap(err, r, "manifest.json");
	r = pick_saved(&s, &images, tag, err);
	if (r < 0)
		return r;
	/* Who asked for one of several names means that one. */
	img->manifest.name = tag ? tag : s->tags[0];
	layers_make(img, s->n_layers);
	for (size_t i = 0; i < s->n_layers; i++) {
		r = load_layer(img, i, s->layers[i], err);
		if (r < 0)
			return mkr_wrap(err, r, "layer %zu", i + 1);
	}
	r = store_find(&img->store, s->config, &b, err);
	if (r < 0)
		return mkr_wrap(err, r, "config");
	r = config_load(img, &b, digest_in_name(img->arena, s->config), err);
	for (size_t i = 0; r == 0 && i < img->n_layers; i++)
		if (img->filters[i] == FILTER_NONE)
			img->layers[i].digest = img->layers[i].diff_id;
	return r;
}
