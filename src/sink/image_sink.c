#include "sink/image_sink.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/vec.h"
#include "sink/base_layers.h"
#include "sink/image_json.h"
#include "sink/source.h"
#include "sink/tar_writer.h"

#include <errno.h>
#include <string.h>

struct image {
	struct mkr_sink head;
	struct image_kind kind;
	struct docker_name name;
	const struct compression *compression;
	struct store *store;
	struct stream *stream; /* the layer that is being written, NULL: none */
	struct tar_writer tar;
	size_t at, layer; /* the entry that comes next, and whose layer it is */
	int64_t created;
	json_t *base; /* the configuration of what it is based on, NULL: of nothing */
	size_t n_base; /* its layers */
	VEC(struct layer_digests) layers;
};

struct compression {
	const char *name, *suffix;
};

static const struct compression compressions[] = {
	{ "gzip", ".gz" },
	{ "zstd", ".zst" },
	{ "none", "" },
};

static const struct mkr_image_spec no_config;

static const struct mkr_image_spec *config_of(const struct sink_args *args)
{
	return args->to->image ? args->to->image : &no_config;
}

/* What is compressed as a whole is not compressed in its parts. */
static const struct compression *find_compression(const struct sink_args *args)
{
	const char *name = config_of(args)->compress;
	if (!name)
		name = stream_is_packed(args->suffix) ? "none" : "gzip";
	for (size_t i = 0; i < sizeof(compressions) / sizeof(*compressions); i++)
		if (strcmp(compressions[i].name, name) == 0)
			return &compressions[i];
	return NULL;
}

int image_check(const struct sink_args *args, struct mkr_error *err)
{
	const struct compression *c = find_compression(args);
	if (!c)
		return mkr_failx(err, -EINVAL,
			"layers are compressed by gzip, zstd or none, not '%s'",
			config_of(args)->compress);
	return stream_check(c->suffix, args->to->level, err);
}

int image_check_tag(const struct sink_args *args, struct mkr_error *err)
{
	if (!*args->path)
		return mkr_failx(err, -EINVAL, "output '%s' names no file", args->to->output);
	if (!args->name || image_tag_is_valid(args->name))
		return 0;
	mkr_failx(err, -EINVAL, "'%s' is no tag of an image", args->name);
	mkr_detail(err, "hint", "letters and digits, with one of - . _ : @ + / between: app:1.0");
	return -EINVAL;
}

static int open_store(struct image *img, struct mkr_error *err)
{
	const struct sink_args *args = img->head.args;
	if (img->kind.docker && args->name) {
		int r = docker_name_parse(&img->name, args->arena, args->name, err);
		if (r < 0)
			return r;
	}
	if (img->kind.folder)
		return layout_open(&img->store, args, err);
	return archive_open(&img->store, args, img->created, err);
}

/* How the layers of the base that are compressed by zstd have to be, NULL: as they are. What docker
 * load takes knows no zstd (containerd#9859). */
static const char *suffix_without_zstd(const struct image *img, const char *compression)
{
	if (!img->kind.docker || strcmp(compression, "zstd") != 0)
		return NULL;
	return strcmp(img->compression->name, "zstd") == 0 ? ".gz" : img->compression->suffix;
}

static int put_base(struct image *img, struct mkr_error *err)
{
	const struct sink_args *args = img->head.args;
	const struct mkr_image *base = config_of(args)->base;
	size_t n, size;
	const struct mkr_image_layer *layers = mkr_image_layers(base, &n);
	const char *text = mkr_image_config_json(base, &size);
	int r = json_parse(&img->base, text, size, size, err);
	for (size_t i = 0; r == 0 && i < n; i++) {
		const char *suffix = suffix_without_zstd(img, layers[i].compression);
		struct layer_digests done;
		r = base_layer_put(&done, img->store, args, i, suffix, err);
		if (r < 0)
			break;
		if (suffix)
			done.type = layer_type_of(*suffix ? "gzip" : "none");
		vec_push(&img->layers, done);
	}
	img->n_base = img->layers.n;
	return r < 0 ? mkr_wrap(err, r, "base") : 0;
}

/* With nothing new in it an image is as old as what it is based on. */
static int64_t find_created(const struct image *img)
{
	const struct sink_args *args = img->head.args;
	const struct mkr_image_spec *config = config_of(args);
	int64_t newest = newest_file_mtime(args->entries, args->n);
	int64_t base = img->base ? created_of(img->base) : INT64_MIN;
	return config->has_created ? config->created : newest > base ? newest : base;
}

int image_open(struct mkr_sink **out, const struct sink_args *args, struct image_kind kind,
	struct mkr_error *err)
{
	const struct mkr_image_spec *config = config_of(args);
	if (!config->architecture)
		return mkr_failx(err, -EINVAL, "the image's architecture is not known");
	struct image *img = calloc(1, sizeof(*img));
	if (!img)
		out_of_memory();
	img->head.args = args;
	img->kind = kind;
	img->compression = find_compression(args);
	img->created =
		config->has_created ? config->created : newest_file_mtime(args->entries, args->n);
	int r = open_store(img, err);
	if (r < 0) {
		free(img);
		return r;
	}
	if (config->base) {
		r = put_base(img, err);
		img->created = find_created(img);
	}
	if (r < 0)
		image_free(&img->head);
	else
		*out = &img->head;
	return r;
}

void image_free(struct mkr_sink *sink)
{
	struct image *img = (struct image *)sink;
	stream_free(img->stream);
	img->store->ops->free(img->store);
	tar_free_writer(&img->tar);
	json_decref(img->base);
	vec_free(&img->layers);
	free(img);
}

static int begin_layer(struct image *img, struct mkr_error *err)
{
	const struct sink_args *args = img->head.args;
	struct stream_args stream = {
		.name = args->path,
		.suffix = img->compression->suffix,
		.to = args->to,
		.tap = args->tap,
		.digests = true,
	};
	int r = img->store->ops->begin(img->store, &stream.fd, err);
	return r < 0 ? r : stream_open(&img->stream, &stream, err);
}

static int end_layer(struct image *img, struct mkr_error *err)
{
	struct layer_digests done = { .title = img->head.args->layers->at[img->layer].title,
		.type = layer_type_of(img->compression->name) };
	int r = tar_end(&img->tar, img->stream, err);
	if (r == 0)
		r = stream_finish(img->stream, err);
	if (r < 0)
		return r;
	stream_digests(img->stream, &done.plain, &done.packed);
	stream_free(img->stream);
	img->stream = NULL;
	img->layer++;
	vec_push(&img->layers, done);
	return img->store->ops->end(img->store, &done.packed, err);
}

int image_entry(struct mkr_sink *sink, const struct mkr_entry *e, int fd, struct mkr_error *err)
{
	struct image *img = (struct image *)sink;
	int r = img->stream ? 0 : begin_layer(img, err);
	if (r == 0)
		r = tar_put(&img->tar, img->stream, e, fd, err);
	if (r < 0 || ++img->at < sink->args->layers->at[img->layer].end)
		return r;
	return end_layer(img, err);
}

static int put_json(
	struct image *img, json_t *value, struct stream_digest *ret, struct mkr_error *err)
{
	cleanup_free char *text = json_canonical(value);
	json_decref(value);
	return store_put(img->store, text, strlen(text), ret, err);
}

/* An image of nothing has one layer of nothing. */
static int put_empty_layer(struct image *img, struct mkr_error *err)
{
	int r = begin_layer(img, err);
	return r < 0 ? r : end_layer(img, err);
}

/* The specification's own names for what an image is based on, where they are known. */
static const char *const *origin(const struct image *img)
{
	const struct sink_args *args = img->head.args;
	const struct mkr_image_manifest *m = mkr_image_manifest(config_of(args)->base);
	const char **list = arena_array(args->arena, const char *, 3);
	struct docker_name name;
	size_t n = 0;
	if (m->digest)
		list[n++] = arena_printf(
			args->arena, "org.opencontainers.image.base.digest=%s", m->digest);
	if (m->name && docker_name_parse(&name, args->arena, m->name, NULL) == 0)
		list[n++] = arena_printf(
			args->arena, "org.opencontainers.image.base.name=%s", name.full);
	return list;
}

/* Does the base's own manifest say the same? It may say more, in its own words, and so it is kept.
 */
static bool fits(const struct mkr_image_manifest *m, const json_t *made)
{
	json_t *own;
	if (!m->json || json_parse(&own, m->json, m->size, m->size, NULL) < 0)
		return false;
	bool same = manifest_says(own, made);
	json_decref(own);
	return same;
}

static int put_manifest(struct image *img, const struct image_facts *f,
	const struct stream_digest *config, struct stream_digest *ret, struct mkr_error *err)
{
	const struct mkr_image_manifest *m =
		f->config->base ? mkr_image_manifest(f->config->base) : NULL;
	json_t *made = image_manifest(f, config);
	if (!m || !fits(m, made))
		return put_json(img, made, ret, err);
	json_decref(made);
	return store_put(img->store, m->json, m->size, ret, err);
}

static int put_config(
	struct image *img, struct image_facts *f, struct stream_digest *ret, struct mkr_error *err)
{
	const struct mkr_image *base = f->config->base;
	json_t *config = image_config(f);
	bool same = image_is_base(f, config);
	if (base)
		f->annotations = same ? mkr_image_manifest(base)->annotations : origin(img);
	if (!same)
		return put_json(img, config, ret, err);
	size_t size;
	const char *text = mkr_image_config_json(base, &size);
	json_decref(config);
	return store_put(img->store, text, size, ret, err);
}

int image_commit(struct mkr_sink *sink, struct mkr_error *err)
{
	struct image *img = (struct image *)sink;
	struct stream_digest config, manifest;
	int r = img->layers.n ? 0 : put_empty_layer(img, err);
	struct image_facts f = { .config = config_of(sink->args),
		.created = img->created,
		.layers = img->layers.at,
		.n = img->layers.n,
		.base = img->base,
		.n_base = img->n_base };
	if (r == 0)
		r = put_config(img, &f, &config, err);
	if (r == 0)
		r = put_manifest(img, &f, &config, &manifest, err);
	if (r < 0)
		return r;
	bool docker = img->kind.docker;
	const char *tag = docker ? img->name.tag : sink->args->name;
	json_t *descriptor = image_descriptor(&f, &manifest, tag, img->name.full);
	json_t *more = docker ? docker_manifest(&f, &config, img->name.familiar) : NULL;
	r = img->store->ops->commit(img->store, descriptor, more, err);
	json_decref(descriptor);
	json_decref(more);
	return r;
}
