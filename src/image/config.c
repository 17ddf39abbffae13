/* What an image says of its command: image-spec, config.md; runtime-spec, config.md. */
#include "image/digest.h"
#include "image/documents.h"
#include "image/fields.h"

#include <errno.h>
#include <string.h>

static int parse_diff_ids(
	struct config *c, struct arena *a, const json_t *document, struct mkr_error *err)
{
	json_t *rootfs;
	const char *type = NULL;
	int r = field_object(&rootfs, document, "rootfs", err);
	if (r == 0 && !rootfs)
		r = mkr_failx(err, -EBADMSG, "it has no 'rootfs'");
	if (r == 0)
		r = field_text(&type, a, rootfs, "type", err);
	if (r == 0 && (!type || strcmp(type, "layers") != 0))
		r = mkr_failx(err, -ENOTSUP, "its rootfs is not of the type 'layers'");
	if (r == 0)
		r = field_texts(&c->diff_ids, &c->n_diff_ids, a, rootfs, "diff_ids", err);
	for (size_t i = 0; r == 0 && i < c->n_diff_ids; i++)
		if (!digest_is_sha256(c->diff_ids[i]))
			r = mkr_failx(err, -ENOTSUP, "the diff_id '%.100s' is none of SHA-256",
				c->diff_ids[i]);
	return r;
}

static int parse_command(
	struct mkr_image_config *c, struct arena *a, const json_t *in, struct mkr_error *err)
{
	int r = field_texts(&c->entrypoint, NULL, a, in, "Entrypoint", err);
	if (r == 0)
		r = field_texts(&c->cmd, NULL, a, in, "Cmd", err);
	if (r == 0)
		r = field_texts(&c->env, NULL, a, in, "Env", err);
	if (r == 0)
		r = field_text(&c->workdir, a, in, "WorkingDir", err);
	if (r == 0)
		r = field_text(&c->user, a, in, "User", err);
	return r == 0 ? field_text(&c->stop_signal, a, in, "StopSignal", err) : r;
}

/* "" is Go's way to leave a string out; a list without elements says nothing either. */
static void drop_empty(struct mkr_image_config *c, struct arena *a)
{
	static const char *const none[] = { NULL };
	const char **texts[] = { &c->workdir, &c->user, &c->stop_signal };
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (*texts[i] && !**texts[i])
			*texts[i] = NULL;
	const char *const **lists[] = { &c->entrypoint, &c->cmd, &c->env };
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		if (!*lists[i])
			*lists[i] = none;
	/* Old images have "app" for "/app" (moby, daemon/oci_linux.go makes it that). */
	if (c->workdir && c->workdir[0] != '/')
		c->workdir = arena_printf(a, "/%s", c->workdir);
}

int config_parse(
	struct config *out, struct arena *a, const char *text, size_t n, struct mkr_error *err)
{
	cleanup_json json_t *document = NULL;
	json_t *command = NULL;
	struct config c = { 0 };
	int r = field_document(&document, text, n, JSON_OBJECT, err);
	if (r == 0)
		r = field_text(&c.facts.os, a, document, "os", err);
	if (r == 0)
		r = field_text(&c.facts.architecture, a, document, "architecture", err);
	if (r == 0)
		r = field_text(&c.facts.variant, a, document, "variant", err);
	if (r == 0 && c.facts.os && strcmp(c.facts.os, "linux") != 0)
		r = mkr_failx(err, -ENOTSUP, "it is for '%.100s', not for linux", c.facts.os);
	if (r == 0)
		r = field_object(&command, document, "config", err);
	if (r == 0 && command)
		r = parse_command(&c.facts, a, command, err);
	if (r == 0)
		r = parse_diff_ids(&c, a, document, err);
	drop_empty(&c.facts, a);
	if (r == 0)
		*out = c;
	return r;
}

static int parse_ids(
	struct mkr_image_config *c, struct arena *a, const json_t *process, struct mkr_error *err)
{
	json_t *user;
	uint64_t uid, gid;
	int r = field_object(&user, process, "user", err);
	if (r < 0 || !user)
		return r;
	r = field_size(&uid, user, "uid", err);
	if (r == 0)
		r = field_size(&gid, user, "gid", err);
	if (r == 0)
		c->user = arena_printf(
			a, "%llu:%llu", (unsigned long long)uid, (unsigned long long)gid);
	return r;
}

int bundle_parse(struct mkr_image_config *out, const char **ret_root, struct arena *a,
	const char *text, size_t n, struct mkr_error *err)
{
	cleanup_json json_t *document = NULL;
	json_t *process = NULL, *root = NULL;
	struct mkr_image_config c = { 0 };
	*ret_root = NULL;
	int r = field_document(&document, text, n, JSON_OBJECT, err);
	if (r == 0)
		r = field_object(&root, document, "root", err);
	if (r == 0 && root)
		r = field_text(ret_root, a, root, "path", err);
	if (r == 0 && !*ret_root)
		r = mkr_failx(err, -EBADMSG, "it has no 'root' with a 'path'");
	if (r == 0)
		r = field_object(&process, document, "process", err);
	if (r == 0 && process)
		r = field_texts(&c.cmd, NULL, a, process, "args", err);
	if (r == 0 && process)
		r = field_texts(&c.env, NULL, a, process, "env", err);
	if (r == 0 && process)
		r = field_text(&c.workdir, a, process, "cwd", err);
	if (r == 0 && process)
		r = parse_ids(&c, a, process, err);
	drop_empty(&c, a);
	if (r == 0)
		*out = c;
	return r;
}
