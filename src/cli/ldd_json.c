/* ldd --json: all that is known, one document. Its keys are a promise (doc/mkroot.1.scd): members
 * may come, none goes or moves. */
#include "cli/view.h"

#include <stdlib.h>

static void json_view_begin(struct view *v)
{
	emit_begin(&v->json, v->out);
	emit_text(&v->json, "schema", "mkroot.ldd/1");
	emit_array(&v->json, "files");
}

static void put_indexes(struct json *j, const char *key, const size_t *at, size_t n)
{
	emit_array(j, key);
	for (size_t i = 0; i < n; i++)
		emit_number(j, NULL, at[i]);
	emit_end(j);
}

static void put_load(struct view *v, const struct mkr_load *l)
{
	struct json *j = &v->json;
	unsigned long long size;
	emit_object(j, NULL);
	emit_bytes(j, "name", l->name);
	emit_bytes(j, "path", l->path);
	emit_text(j, "how", mkr_how_name(l->how));
	emit_number(j, "by", l->by);
	emit_bytes(j, "list", view_list(l));
	if (l->path && view_size(v, l, &size))
		emit_number(j, "size", size);
	else
		emit_null(j, "size");
	emit_bytes(j, "soname", l->elf ? l->elf->soname : NULL);
	emit_bool(j, "optional", l->optional);
	emit_bool(j, "before_program", l->before_program);
	put_indexes(j, "needs", l->needs, l->n_needs);
	emit_end(j);
}

/* The names that led nowhere (refused: false), or to a file that ends the start. */
static void put_absent(struct json *j, const char *key, const struct mkr_map *map, bool refused)
{
	emit_array(j, key);
	for (size_t i = 1; i < map->n; i++) {
		const struct mkr_load *l = &map->load[i];
		if (l->path || (l->refused != NULL) != refused)
			continue;
		emit_object(j, NULL);
		emit_number(j, "load", i);
		emit_bytes(j, "name", l->name);
		emit_number(j, "by", l->by);
		if (refused) {
			emit_bytes(j, "path", l->where);
			emit_text(j, "reason", l->refused);
		} else {
			emit_bool(j, "optional", l->optional);
		}
		emit_end(j);
	}
	emit_end(j);
}

static void put_machine(struct json *j, const struct mkr_elf *elf)
{
	char buf[24];
	emit_text(j, "machine", mkr_machine_name(elf->machine, buf));
	emit_number(j, "bits", elf->bits);
	emit_text(j, "byte_order", elf->big_endian ? "big" : "little");
}

static void put_borrowed(struct view *v, const struct mkr_map *map)
{
	const struct mkr_borrowed *at;
	size_t n = mkr_loader_borrowed(v->loader, map, &at);
	emit_array(&v->json, "borrowed");
	for (size_t i = 0; i < n; i++) {
		emit_object(&v->json, NULL);
		emit_number(&v->json, "load", at[i].load);
		emit_number(&v->json, "by", at[i].by);
		emit_end(&v->json);
	}
	emit_end(&v->json);
}

static void put_map(struct view *v, const struct mkr_map *map)
{
	struct json *j = &v->json;
	emit_bytes(j, "interp", map->interp);
	emit_bool(j, "interp_missing", map->interp_missing);
	emit_text(j, "libc", map->libc);
	emit_bool(j, "static", map->is_static);
	put_machine(j, map->load[0].elf);
	emit_array(j, "loads");
	for (size_t i = 0; i < map->n; i++)
		put_load(v, &map->load[i]);
	emit_end(j);
	emit_array(j, "aliases");
	for (size_t i = 0; i < map->n_alias; i++) {
		emit_object(j, NULL);
		emit_bytes(j, "path", map->alias[i].path);
		emit_number(j, "load", map->alias[i].load);
		emit_end(j);
	}
	emit_end(j);
	put_borrowed(v, map);
	emit_array(j, "warnings");
	for (const char *const *w = map->warnings; *w; w++)
		emit_text(j, NULL, *w);
	emit_end(j);
	emit_text(j, "no_cache", map->no_cache);
	put_absent(j, "missing", map, false);
	put_absent(j, "refused", map, true);
}

static void json_view_show(
	struct view *v, const char *typed, const char *path, const struct mkr_map *map)
{
	emit_object(&v->json, NULL);
	emit_bytes(&v->json, "file", typed);
	emit_bytes(&v->json, "path", path);
	emit_null(&v->json, "error");
	put_map(v, map);
	emit_end(&v->json);
}

static void json_view_fail(
	struct view *v, const char *typed, const char *path, const struct mkr_error *err)
{
	emit_object(&v->json, NULL);
	emit_bytes(&v->json, "file", typed);
	emit_bytes(&v->json, "path", path);
	emit_text(&v->json, "error", err->text);
	emit_end(&v->json);
}

static void json_view_finish(struct view *v)
{
	emit_end(&v->json);
	emit_finish(&v->json);
}

const struct view_ops view_json = {
	.begin = json_view_begin,
	.show = json_view_show,
	.fail = json_view_fail,
	.finish = json_view_finish,
	.tells_missing = true,
};
