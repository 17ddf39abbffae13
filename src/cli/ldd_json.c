/* ldd --json: all that is known, one document. Its keys are a promise (doc/mkroot.1.scd): members may
 * come, none goes or moves. */
#include "cli/view.h"

#include <stdlib.h>

static void json_view_begin(struct view *v)
{
	json_begin(&v->json, v->out);
	json_text(&v->json, "schema", "mkroot.ldd/1");
	json_array(&v->json, "files");
}

static void put_indexes(struct json *j, const char *key, const size_t *at, size_t n)
{
	json_array(j, key);
	for (size_t i = 0; i < n; i++)
		json_number(j, NULL, at[i]);
	json_end(j);
}

static void put_load(struct view *v, const struct mkr_load *l)
{
	struct json *j = &v->json;
	unsigned long long size;
	json_object(j, NULL);
	json_bytes(j, "name", l->name);
	json_bytes(j, "path", l->path);
	json_text(j, "how", mkr_how_name(l->how));
	json_number(j, "by", l->by);
	json_bytes(j, "list", view_list(l));
	if (l->path && view_size(v, l, &size))
		json_number(j, "size", size);
	else
		json_null(j, "size");
	json_bytes(j, "soname", l->elf ? l->elf->soname : NULL);
	json_bool(j, "optional", l->optional);
	json_bool(j, "before_program", l->before_program);
	put_indexes(j, "needs", l->needs, l->n_needs);
	json_end(j);
}

/* The names that led nowhere (refused: false), or to a file that ends the start. */
static void put_absent(struct json *j, const char *key, const struct mkr_map *map, bool refused)
{
	json_array(j, key);
	for (size_t i = 1; i < map->n; i++) {
		const struct mkr_load *l = &map->load[i];
		if (l->path || (l->refused != NULL) != refused)
			continue;
		json_object(j, NULL);
		json_number(j, "load", i);
		json_bytes(j, "name", l->name);
		json_number(j, "by", l->by);
		if (refused) {
			json_bytes(j, "path", l->where);
			json_text(j, "reason", l->refused);
		} else {
			json_bool(j, "optional", l->optional);
		}
		json_end(j);
	}
	json_end(j);
}

static void put_machine(struct json *j, const struct mkr_elf *elf)
{
	char buf[24];
	json_text(j, "machine", mkr_machine_name(elf->machine, buf));
	json_number(j, "bits", elf->bits);
	json_text(j, "byte_order", elf->big_endian ? "big" : "little");
}

static void put_borrowed(struct view *v, const struct mkr_map *map)
{
	const struct mkr_borrowed *at;
	size_t n = mkr_loader_borrowed(v->loader, map, &at);
	json_array(&v->json, "borrowed");
	for (size_t i = 0; i < n; i++) {
		json_object(&v->json, NULL);
		json_number(&v->json, "load", at[i].load);
		json_number(&v->json, "by", at[i].by);
		json_end(&v->json);
	}
	json_end(&v->json);
}

static void put_map(struct view *v, const struct mkr_map *map)
{
	struct json *j = &v->json;
	json_bytes(j, "interp", map->interp);
	json_bool(j, "interp_missing", map->interp_missing);
	json_text(j, "libc", map->libc);
	json_bool(j, "static", map->is_static);
	put_machine(j, map->load[0].elf);
	json_array(j, "loads");
	for (size_t i = 0; i < map->n; i++)
		put_load(v, &map->load[i]);
	json_end(j);
	json_array(j, "aliases");
	for (size_t i = 0; i < map->n_alias; i++) {
		json_object(j, NULL);
		json_bytes(j, "path", map->alias[i].path);
		json_number(j, "load", map->alias[i].load);
		json_end(j);
	}
	json_end(j);
	put_borrowed(v, map);
	json_array(j, "warnings");
	for (const char *const *w = map->warnings; *w; w++)
		json_text(j, NULL, *w);
	json_end(j);
	put_absent(j, "missing", map, false);
	put_absent(j, "refused", map, true);
}

static void json_view_show(
	struct view *v, const char *typed, const char *path, const struct mkr_map *map)
{
	json_object(&v->json, NULL);
	json_bytes(&v->json, "file", typed);
	json_bytes(&v->json, "path", path);
	json_null(&v->json, "error");
	put_map(v, map);
	json_end(&v->json);
}

static void json_view_fail(
	struct view *v, const char *typed, const char *path, const struct mkr_error *err)
{
	json_object(&v->json, NULL);
	json_bytes(&v->json, "file", typed);
	json_bytes(&v->json, "path", path);
	json_text(&v->json, "error", err->text);
	json_end(&v->json);
}

static void json_view_finish(struct view *v)
{
	json_end(&v->json);
	json_finish(&v->json);
}

const struct view_ops view_json = {
	.begin = json_view_begin,
	.show = json_view_show,
	.fail = json_view_fail,
	.finish = json_view_finish,
	.tells_missing = true,
};
