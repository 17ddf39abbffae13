#include "image/documents.h"

#include "image/digest.h"
#include "image/fields.h"
#include "image/media.h"

#include <errno.h>
#include <string.h>

enum { INDEX_MAX = 4096 };

static int need_version_2(const json_t *document, struct mkr_error *err)
{
	uint64_t version;
	int r = field_size(&version, document, "schemaVersion", err);
	if (r == 0 && version != 2)
		return mkr_failx(err, -ENOTSUP, "its schemaVersion is %llu, not 2",
			(unsigned long long)version);
	return r;
}

static int parse_platform(
	struct descriptor *d, struct arena *a, const json_t *in, struct mkr_error *err)
{
	json_t *platform;
	int r = field_object(&platform, in, "platform", err);
	if (r == 0 && platform)
		r = field_text(&d->os, a, platform, "os", err);
	if (r == 0 && platform)
		r = field_text(&d->architecture, a, platform, "architecture", err);
	if (r == 0 && platform)
		r = field_text(&d->variant, a, platform, "variant", err);
	return r;
}

static int parse_annotations(
	struct descriptor *d, struct arena *a, const json_t *in, struct mkr_error *err)
{
	json_t *notes;
	const char *reference = NULL;
	int r = field_object(&notes, in, "annotations", err);
	if (r < 0 || !notes)
		return r;
	r = field_text(&d->ref_name, a, notes, "org.opencontainers.image.ref.name", err);
	if (r == 0)
		r = field_text(&d->image_name, a, notes, "io.containerd.image.name", err);
	if (r == 0)
		r = field_text(&reference, a, notes, "vnd.docker.reference.type", err);
	d->attested = reference && strcmp(reference, "attestation-manifest") == 0;
	return r;
}

static int parse_descriptor(
	struct descriptor *d, struct arena *a, const json_t *in, struct mkr_error *err)
{
	*d = (struct descriptor){ 0 };
	if (!json_is_object(in))
		return mkr_failx(err, -EBADMSG, "a descriptor is not an object");
	int r = field_text(&d->media_type, a, in, "mediaType", err);
	if (r == 0)
		r = field_text(&d->digest, a, in, "digest", err);
	if (r == 0 && (!d->media_type || !d->digest))
		r = mkr_failx(err, -EBADMSG, "a descriptor without a mediaType or a digest");
	/* What is named by it is a file's name, too. */
	if (r == 0 && !digest_is_sha256(d->digest))
		r = mkr_failx(err, -ENOTSUP, "the digest '%.100s' is none of SHA-256", d->digest);
	if (r == 0)
		r = field_size(&d->size, in, "size", err);
	if (r == 0)
		r = parse_platform(d, a, in, err);
	return r == 0 ? parse_annotations(d, a, in, err) : r;
}

static int parse_descriptors(struct descriptors *out, struct arena *a, const json_t *in,
	const char *key, size_t max, struct mkr_error *err)
{
	json_t *list;
	int r = field_array(&list, in, key, err);
	size_t n = r == 0 ? json_array_size(list) : 0;
	if (r == 0 && !list)
		r = mkr_failx(err, -EBADMSG, "it has no '%s'", key);
	if (r == 0 && n > max)
		r = mkr_failx(err, -EFBIG, "it has %zu %s, which is over %zu", n, key, max);
	if (r < 0)
		return r;
	struct descriptor *d = arena_array(a, struct descriptor, n + 1);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = parse_descriptor(&d[i], a, json_array_get(list, i), err);
	*out = (struct descriptors){ d, n };
	return r;
}

int index_parse(
	struct descriptors *out, struct arena *a, const char *text, size_t n, struct mkr_error *err)
{
	cleanup_json json_t *document = NULL;
	int r = field_document(&document, text, n, JSON_OBJECT, err);
	if (r == 0)
		r = need_version_2(document, err);
	return r == 0 ? parse_descriptors(out, a, document, "manifests", INDEX_MAX, err) : r;
}

static const char *const *annotations_of(struct arena *a, const json_t *document)
{
	json_t *map = json_object_get(document, "annotations"), *value;
	const char *key;
	const char **list = arena_array(a, const char *, json_object_size(map) + 1);
	size_t n = 0;
	json_object_foreach(map, key, value)
	{
		if (json_is_string(value) && *key && !strchr(key, '='))
			list[n++] = arena_printf(a, "%s=%s", key, json_string_value(value));
	}
	return list;
}

int manifest_parse(
	struct manifest *out, struct arena *a, const char *text, size_t n, struct mkr_error *err)
{
	cleanup_json json_t *document = NULL;
	int r = field_document(&document, text, n, JSON_OBJECT, err);
	if (r == 0)
		r = need_version_2(document, err);
	if (r == 0)
		r = parse_descriptor(&out->config, a, json_object_get(document, "config"), err);
	if (r == 0)
		out->annotations = annotations_of(a, document);
	return r == 0 ? parse_descriptors(&out->layers, a, document, "layers", LAYERS_MAX, err) : r;
}

static int parse_saved(
	struct saved_image *s, struct arena *a, const json_t *in, struct mkr_error *err)
{
	static const char *const none[] = { NULL };
	if (!json_is_object(in))
		return mkr_failx(err, -EBADMSG, "an image in it is not an object");
	int r = field_text(&s->config, a, in, "Config", err);
	if (r == 0)
		r = field_texts(&s->layers, &s->n_layers, a, in, "Layers", err);
	if (r == 0)
		r = field_texts(&s->tags, NULL, a, in, "RepoTags", err);
	if (r == 0 && !s->config)
		r = mkr_failx(err, -EBADMSG, "an image in it has no 'Config'");
	if (r == 0 && s->n_layers > LAYERS_MAX)
		r = mkr_failx(err, -EFBIG, "it has %zu layers, which is over %d", s->n_layers,
			LAYERS_MAX);
	s->layers = s->layers ? s->layers : none;
	s->tags = s->tags ? s->tags : none;
	return r;
}

int saved_parse(struct saved_images *out, struct arena *a, const char *text, size_t n,
	struct mkr_error *err)
{
	cleanup_json json_t *document = NULL;
	int r = field_document(&document, text, n, JSON_ARRAY, err);
	size_t count = r == 0 ? json_array_size(document) : 0;
	if (count > INDEX_MAX)
		r = mkr_failx(err, -EFBIG, "it has %zu images, which is over %d", count, INDEX_MAX);
	if (r < 0)
		return r;
	struct saved_image *s = arena_array(a, struct saved_image, count + 1);
	for (size_t i = 0; r == 0 && i < count; i++)
		r = parse_saved(&s[i], a, json_array_get(document, i), err);
	*out = (struct saved_images){ s, count };
	return r;
}

int layout_version_parse(const char **ret_version, struct arena *a, const char *text, size_t n,
	struct mkr_error *err)
{
	cleanup_json json_t *document = NULL;
	int r = field_document(&document, text, n, JSON_OBJECT, err);
	return r == 0 ? field_text(ret_version, a, document, "imageLayoutVersion", err) : r;
}
