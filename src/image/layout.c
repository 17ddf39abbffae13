/* An OCI layout: image-spec, image-layout.md. */
#include "image/layout.h"

#include "image/digest.h"
#include "image/documents.h"
#include "image/pick.h"

#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

/* An index in an index in an index: nobody has more, and one that holds itself has to end. */
enum { NESTED_MAX = 4 };

bool is_layout(struct store *s)
{
	return store_has(s, "oci-layout") && store_has(s, "index.json");
}

static int find_blob(
	struct mkr_image *img, const struct descriptor *d, struct blob *out, struct mkr_error *err)
{
	char name[16 + DIGEST_HEX];
	snprintf(name, sizeof(name), "blobs/sha256/%s", d->digest + strlen("sha256:"));
	int r = store_find(&img->store, name, out, err);
	if (r == 0 && out->size != d->size)
		r = mkr_failx(err, -EBADMSG, "'%s' in it has %llu bytes, not %llu", name,
			(unsigned long long)out->size, (unsigned long long)d->size);
	return r;
}

static int check_digest(const char *text, size_t n, const char *want, struct mkr_error *err)
{
	char got[DIGEST_TEXT];
	digest_of(text, n, got);
	return strcmp(got, want) == 0
		? 0
		: mkr_failx(err, -EBADMSG, "its bytes are those of %s, not of %s", got, want);
}

static int read_document(struct mkr_image *img, const struct descriptor *d, const char **ret_text,
	struct mkr_error *err)
{
	struct blob b = { 0 };
	int r = find_blob(img, d, &b, err);
	if (r == 0)
		r = store_read(&img->store, &b, DOCUMENT_MAX, ret_text, err);
	return r == 0 ? check_digest(*ret_text, (size_t)b.size, d->digest, err) : r;
}

int config_load(
	struct mkr_image *img, const struct blob *b, const char *digest, struct mkr_error *err)
{
	struct config c;
	int r = store_read(&img->store, b, DOCUMENT_MAX, &img->config_text, err);
	if (r == 0 && digest)
		r = check_digest(img->config_text, (size_t)b->size, digest, err);
	if (r == 0)
		r = config_parse(&c, img->arena, img->config_text, (size_t)b->size, err);
	if (r == 0 && c.n_diff_ids != img->n_layers)
		r = mkr_failx(err, -EBADMSG, "it has %zu diff_ids for %zu layers", c.n_diff_ids,
			img->n_layers);
	if (r < 0)
		return mkr_wrap(err, r, "config");
	for (size_t i = 0; i < img->n_layers; i++)
		img->layers[i].diff_id = c.diff_ids[i];
	img->config = c.facts;
	img->config_size = (size_t)b->size;
	img->has_config = true;
	return 0;
}

void layers_make(struct mkr_image *img, size_t n)
{
	img->layers = arena_array(img->arena, struct mkr_image_layer, n + 1);
	img->filters = arena_array(img->arena, enum image_filter, n + 1);
	img->n_layers = n;
}

static int load_layer(
	struct mkr_image *img, size_t i, const struct descriptor *d, struct mkr_error *err)
{
	struct blob b = { 0 };
	enum media media = media_look_up(d->media_type, &img->filters[i]);
	if (media == MEDIA_FOREIGN)
		return mkr_failx(err, -ENOTSUP,
			"it is not to be handed on ('%.100s'), and so is not taken from here",
			d->media_type);
	if (media != MEDIA_LAYER)
		return mkr_failx(
			err, -ENOTSUP, "its media type '%.100s' is no layer's", d->media_type);
	int r = find_blob(img, d, &b, err);
	if (r == 0)
		img->layers[i] = (struct mkr_image_layer){ .digest = d->digest,
			.media_type = d->media_type,
			.compression = media_compression(img->filters[i]),
			.fd = b.fd,
			.offset = b.at,
			.size = b.size };
	return r;
}

static int load_manifest(
	struct mkr_image *img, const char *text, size_t size, struct mkr_error *err)
{
	struct manifest m;
	enum image_filter none;
	int r = manifest_parse(&m, img->arena, text, size, err);
	if (r < 0)
		return mkr_wrap(err, r, "manifest");
	if (media_look_up(m.config.media_type, &none) != MEDIA_CONFIG)
		return mkr_failx(err, -ENOTSUP,
			"it is no image: its config has the media type '%.100s'",
			m.config.media_type);
	img->manifest.annotations = m.annotations;
	layers_make(img, m.layers.n);
	for (size_t i = 0; i < m.layers.n; i++) {
		r = load_layer(img, i, &m.layers.at[i], err);
		if (r < 0)
			return mkr_wrap(err, r, "layer %zu", i + 1);
	}
	struct blob b = { 0 };
	r = find_blob(img, &m.config, &b, err);
	return r == 0 ? config_load(img, &b, m.config.digest, err) : mkr_wrap(err, r, "config");
}

static int load_descriptor(struct mkr_image *img, const struct descriptor *d,
	const struct wanted *wanted, unsigned depth, struct mkr_error *err)
{
	const char *text = NULL;
	enum image_filter none;
	struct descriptors index;
	enum media media = media_look_up(d->media_type, &none);
	if (media != MEDIA_INDEX && media != MEDIA_MANIFEST)
		return mkr_failx(
			err, -ENOTSUP, "the media type '%.100s' is no image's", d->media_type);
	int r = read_document(img, d, &text, err);
	if (r < 0)
		return mkr_wrap(err, r, "%s", media == MEDIA_INDEX ? "index" : "manifest");
	if (media == MEDIA_MANIFEST) {
		img->manifest.digest = d->digest;
		img->manifest.media_type = d->media_type;
		img->manifest.json = text;
		img->manifest.size = (size_t)d->size;
		return load_manifest(img, text, (size_t)d->size, err);
	}
	if (depth == NESTED_MAX)
		return mkr_failx(
			err, -ELOOP, "its indexes are nested more than %d deep", NESTED_MAX);
	r = index_parse(&index, img->arena, text, (size_t)d->size, err);
	if (r == 0)
		r = pick_platform(&d, &index, wanted, err);
	return r == 0 ? load_descriptor(img, d, wanted, depth + 1, err) : mkr_wrap(err, r, "index");
}

static int check_version(struct mkr_image *img, struct mkr_error *err)
{
	struct blob b = { 0 };
	const char *text = NULL, *version = NULL;
	int r = store_find(&img->store, "oci-layout", &b, err);
	if (r == 0)
		r = store_read(&img->store, &b, DOCUMENT_MAX, &text, err);
	if (r == 0)
		r = layout_version_parse(&version, img->arena, text, (size_t)b.size, err);
	if (r == 0 && (!version || strncmp(version, "1.", 2) != 0))
		r = mkr_failx(err, -ENOTSUP, "its imageLayoutVersion is '%.100s', not 1.0.0",
			version ? version : "");
	return r < 0 ? mkr_wrap(err, r, "oci-layout") : 0;
}

int layout_load(struct mkr_image *img, const char *tag, struct mkr_error *err)
{
	struct blob b = { 0 };
	const char *text = NULL;
	struct descriptors index;
	const struct descriptor *d = NULL;
	struct utsname host;
	struct wanted wanted = { img->machine, img->variant };
	if (!wanted.machine && uname(&host) == 0)
		wanted.machine = pick_goarch(host.machine);
	int r = check_version(img, err);
	if (r == 0)
		r = store_find(&img->store, "index.json", &b, err);
	if (r < 0)
		return r;
	r = store_read(&img->store, &b, DOCUMENT_MAX, &text, err);
	if (r == 0)
		r = index_parse(&index, img->arena, text, (size_t)b.size, err);
	if (r < 0)
		return mkr_wrap(err, r, "index.json");
	r = pick_tag(&d, &index, tag, &wanted, img->arena, err);
	if (r == 0)
		img->manifest.name = d->image_name;
	return r == 0 ? load_descriptor(img, d, &wanted, 0, err) : r;
}
