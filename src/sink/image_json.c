#include "sink/image_json.h"

#include "base/arena.h"
#include "base/time_text.h"
#include "sink/store.h"

#include <stdio.h>
#include <string.h>

#define PREDEFINED "org.opencontainers.image."

static json_t *checked(json_t *value)
{
	if (!value)
		out_of_memory();
	return value;
}

static void set(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, checked(value));
}

static void set_text(json_t *object, const char *key, const char *text)
{
	if (text)
		set(object, key, json_string(text));
}

static json_t *time_json(int64_t seconds)
{
	char text[TIME_TEXT];
	time_text(text, seconds);
	return json_string(text);
}

static json_t *digest_text(const struct stream_digest *digest)
{
	char hex[HEX_MAX];
	digest_hex(hex, digest);
	return checked(json_sprintf("sha256:%s", hex));
}

static json_t *descriptor(const char *type, const struct stream_digest *digest)
{
	json_t *d = checked(json_object());
	set_text(d, "mediaType", type);
	set(d, "digest", digest_text(digest));
	set(d, "size", json_integer((json_int_t)digest->size));
	return d;
}

static void set_list(json_t *object, const char *key, const char *const *list)
{
	if (!list || !*list)
		return;
	json_t *array = checked(json_array());
	for (; *list; list++)
		json_array_append_new(array, checked(json_string(*list)));
	set(object, key, array);
}

/* A set: each member is a key. */
static json_t *keys(const char *const *list)
{
	json_t *map = checked(json_object());
	for (; list && *list; list++)
		set(map, *list, json_object());
	return map;
}

/* "K=V"; the last of one K counts. Of `also` those that the specification defines, whom one reader
 * looks for here, and another one there. */
static json_t *pairs(const char *const *list, const char *const *also)
{
	json_t *map = checked(json_object());
	const char *const *const lists[] = { also, list };
	for (size_t i = 0; i < 2; i++) {
		for (const char *const *at = lists[i]; at && *at; at++) {
			size_t n = strcspn(*at, "=");
			if (lists[i] == also && strncmp(*at, PREDEFINED, strlen(PREDEFINED)) != 0)
				continue;
			json_t *key = checked(json_stringn(*at, n));
			set(map, json_string_value(key), json_string(*at + n + 1));
			json_decref(key);
		}
	}
	return map;
}

/* Into a copy of what the base says, which is any JSON: what has the wrong type counts for nothing.
 */
static json_t *member(json_t *object, const char *key)
{
	json_t *old = json_object_get(object, key);
	if (!json_is_object(old)) {
		set(object, key, json_object());
		old = json_object_get(object, key);
	}
	return old;
}

static void merge(json_t *object, const char *key, json_t *more)
{
	if (json_object_size(more))
		json_object_update(member(object, key), more);
	json_decref(more);
}

/* A list without elements: none from now on. */
static void replace_list(json_t *object, const char *key, const char *const *list)
{
	if (list)
		json_object_del(object, key);
	set_list(object, key, list);
}

static void execution(json_t *e, const struct mkr_image_spec *c)
{
	set_text(e, "User", c->user);
	replace_list(e, "Env", c->env);
	replace_list(e, "Entrypoint", c->entrypoint);
	replace_list(e, "Cmd", c->cmd);
	set_text(e, "WorkingDir", c->workdir);
	set_text(e, "StopSignal", c->stop_signal);
	merge(e, "ExposedPorts", keys(c->ports));
	merge(e, "Volumes", keys(c->volumes));
	merge(e, "Labels", pairs(c->labels, c->annotations));
}

/* A name out of a package database may be any bytes. */
static json_t *created_by(const char *title)
{
	json_t *text = title ? json_sprintf("mkroot: %s", title) : NULL;
	return text ? text : json_string("mkroot");
}

static void set_platform(json_t *object, const struct mkr_image_spec *c)
{
	set_text(object, "architecture", c->architecture);
	set_text(object, "os", "linux");
	set_text(object, "variant", c->variant);
}

static size_t count_steps(const json_t *history)
{
	size_t n = 0;
	for (size_t i = 0; i < json_array_size(history); i++)
		n += !json_is_true(json_object_get(json_array_get(history, i), "empty_layer"));
	return n;
}

/* One for each layer: where the base does not tell of its own, somebody has to. */
static json_t *history_of(const struct image_facts *f, const json_t *base, bool same_layers)
{
	json_t *history =
		base && json_is_array(base) ? checked(json_deep_copy(base)) : checked(json_array());
	for (size_t n = count_steps(history); n < f->n_base; n++)
		json_array_append_new(history, checked(json_object()));
	for (size_t i = f->n_base; i < f->n + (same_layers && f->base); i++) {
		json_t *step = checked(json_object());
		set(step, "created", time_json(f->created));
		set(step, "created_by", created_by(i < f->n ? f->layers[i].title : NULL));
		if (i == f->n)
			set(step, "empty_layer", json_true());
		json_array_append_new(history, step);
	}
	return history;
}

json_t *image_config(const struct image_facts *f)
{
	bool same_layers = f->n == f->n_base;
	json_t *c = f->base ? checked(json_deep_copy(f->base)) : checked(json_object());
	json_t *was = json_object_get(c, "config"), *e = checked(json_object());
	if (json_is_object(was))
		json_object_update(e, was);
	execution(e, f->config);
	if (!f->base || json_is_object(was) || json_object_size(e))
		set(c, "config", json_incref(e));
	json_decref(e);
	set_platform(c, f->config);
	if (f->base && same_layers && json_equal(c, f->base))
		return c;
	json_t *ids = checked(json_array());
	for (size_t i = 0; i < f->n; i++)
		json_array_append_new(ids, digest_text(&f->layers[i].plain));
	json_t *rootfs = checked(json_object());
	set_text(rootfs, "type", "layers");
	set(rootfs, "diff_ids", ids);
	set(c, "created", time_json(f->created));
	set(c, "rootfs", rootfs);
	set(c, "history", history_of(f, json_object_get(f->base, "history"), same_layers));
	return c;
}

bool image_is_base(const struct image_facts *f, const json_t *config)
{
	return f->base && f->n == f->n_base && json_equal(config, f->base);
}

json_t *image_manifest(const struct image_facts *f, const struct stream_digest *config)
{
	json_t *layers = checked(json_array()), *m = checked(json_object());
	for (size_t i = 0; i < f->n; i++)
		json_array_append_new(layers, descriptor(f->layers[i].type, &f->layers[i].packed));
	set(m, "schemaVersion", json_integer(2));
	set_text(m, "mediaType", "application/vnd.oci.image.manifest.v1+json");
	set(m, "config", descriptor("application/vnd.oci.image.config.v1+json", config));
	set(m, "layers", layers);
	json_t *annotations = pairs(f->annotations, NULL);
	json_object_update_new(annotations, pairs(f->config->annotations, f->config->labels));
	merge(m, "annotations", annotations);
	return m;
}

static bool same_descriptor(const json_t *a, const json_t *b)
{
	static const char *const keys_of_all[] = { "mediaType", "digest", "size" };
	for (size_t i = 0; i < sizeof(keys_of_all) / sizeof(*keys_of_all); i++)
		if (!json_equal(
			    json_object_get(a, keys_of_all[i]), json_object_get(b, keys_of_all[i])))
			return false;
	return true;
}

bool manifest_says(const json_t *manifest, const json_t *made)
{
	const json_t *x = json_object_get(manifest, "annotations");
	const json_t *y = json_object_get(made, "annotations");
	const json_t *own = json_object_get(manifest, "layers");
	const json_t *layers = json_object_get(made, "layers");
	bool same = same_descriptor(
		json_object_get(manifest, "config"), json_object_get(made, "config"));
	if (json_object_size(x) != json_object_size(y) || (y && !json_equal(x, y)) ||
		json_array_size(own) != json_array_size(layers))
		return false;
	for (size_t i = 0; i < json_array_size(own); i++)
		same &= same_descriptor(json_array_get(own, i), json_array_get(layers, i));
	return same;
}

json_t *image_descriptor(const struct image_facts *f, const struct stream_digest *manifest,
	const char *tag, const char *full)
{
	json_t *d = descriptor("application/vnd.oci.image.manifest.v1+json", manifest);
	json_t *platform = checked(json_object()), *annotations = checked(json_object());
	set_platform(platform, f->config);
	set(d, "platform", platform);
	set_text(annotations, PREDEFINED "ref.name", tag);
	set_text(annotations, "io.containerd.image.name", full);
	if (json_object_size(annotations))
		set(d, "annotations", annotations);
	else
		json_decref(annotations);
	return d;
}

static json_t *blob_path(const struct stream_digest *digest)
{
	char hex[HEX_MAX];
	digest_hex(hex, digest);
	return checked(json_sprintf("blobs/sha256/%s", hex));
}

json_t *docker_manifest(
	const struct image_facts *f, const struct stream_digest *config, const char *familiar)
{
	json_t *layers = checked(json_array()), *image = checked(json_object());
	for (size_t i = 0; i < f->n; i++)
		json_array_append_new(layers, blob_path(&f->layers[i].packed));
	json_t *tags = familiar ? checked(json_array()) : json_null();
	if (familiar)
		json_array_append_new(tags, checked(json_string(familiar)));
	set(image, "Config", blob_path(config));
	set(image, "RepoTags", tags);
	set(image, "Layers", layers);
	json_t *all = checked(json_array());
	json_array_append_new(all, image);
	return all;
}
