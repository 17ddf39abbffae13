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
static void set_keys(json_t *object, const char *key, const char *const *list)
{
	if (!list || !*list)
		return;
	json_t *keys = checked(json_object());
	for (; *list; list++)
		set(keys, *list, json_object());
	set(object, key, keys);
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

static void set_pairs(
	json_t *object, const char *key, const char *const *list, const char *const *also)
{
	json_t *map = pairs(list, also);
	if (json_object_size(map))
		set(object, key, map);
	else
		json_decref(map);
}

static json_t *execution(const struct mkr_image_spec *c)
{
	json_t *e = checked(json_object());
	set_text(e, "User", c->user);
	set_list(e, "Env", c->env);
	set_list(e, "Entrypoint", c->entrypoint);
	set_list(e, "Cmd", c->cmd);
	set_text(e, "WorkingDir", c->workdir);
	set_text(e, "StopSignal", c->stop_signal);
	set_keys(e, "ExposedPorts", c->ports);
	set_keys(e, "Volumes", c->volumes);
	set_pairs(e, "Labels", c->labels, c->annotations);
	return e;
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

json_t *image_config(const struct image_facts *f)
{
	json_t *ids = checked(json_array()), *history = checked(json_array());
	for (size_t i = 0; i < f->n; i++) {
		json_array_append_new(ids, digest_text(&f->layers[i].plain));
		json_t *step = checked(json_object());
		set(step, "created", time_json(f->created));
		set(step, "created_by", created_by(f->layers[i].title));
		json_array_append_new(history, step);
	}
	json_t *rootfs = checked(json_object()), *c = checked(json_object());
	set_text(rootfs, "type", "layers");
	set(rootfs, "diff_ids", ids);
	set(c, "created", time_json(f->created));
	set_platform(c, f->config);
	set(c, "config", execution(f->config));
	set(c, "rootfs", rootfs);
	set(c, "history", history);
	return c;
}

json_t *image_manifest(const struct image_facts *f, const struct stream_digest *config)
{
	json_t *layers = checked(json_array()), *m = checked(json_object());
	for (size_t i = 0; i < f->n; i++)
		json_array_append_new(layers, descriptor(f->layer_type, &f->layers[i].packed));
	set(m, "schemaVersion", json_integer(2));
	set_text(m, "mediaType", "application/vnd.oci.image.manifest.v1+json");
	set(m, "config", descriptor("application/vnd.oci.image.config.v1+json", config));
	set(m, "layers", layers);
	set_pairs(m, "annotations", f->config->annotations, f->config->labels);
	return m;
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
