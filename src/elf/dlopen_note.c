/* The JSON of a .note.dlopen (https://uapi-group.org/specifications/specs/elf_dlopen_metadata/):
 *
 *   [{"soname": ["libbz2.so.1"], "feature": "bzip2", "priority": "recommended", ...}, ...]
 */
#include "elf/detail.h"

#include "base/json.h"

#include <string.h>

enum {
	JSON_MAX = 64 * 1024, /* bytes; systemd's own are of some hundred */
	ENTRIES_MAX = 1024, /* of one file */
	SONAMES_MAX = 64,
	TEXT_MAX = 4096,
};

static const char *copy(struct arena *a, const json_t *object, const char *key)
{
	const char *text = json_text(object, key);
	return text && strlen(text) <= TEXT_MAX ? arena_dup(a, text) : NULL;
}

/* What nobody has heard of is what is meant when nothing is said. */
static enum mkr_priority priority_of(const json_t *object)
{
	const char *text = json_text(object, "priority");
	if (text && strcmp(text, "required") == 0)
		return MKR_DLOPEN_REQUIRED;
	return text && strcmp(text, "suggested") == 0 ? MKR_DLOPEN_SUGGESTED
						      : MKR_DLOPEN_RECOMMENDED;
}

static const char *read_entry(struct arena *a, const json_t *object, struct mkr_dlopen *entry)
{
	const json_t *list = json_object_get(object, "soname");
	size_t n = json_array_size(list); /* 0 for what is no array, too */
	if (n == 0 || n > SONAMES_MAX)
		return "an entry of its .note.dlopen names no library";
	const char **sonames = arena_array(a, const char *, n + 1);
	for (size_t i = 0; i < n; i++) {
		const char *name = json_string_value(json_array_get(list, i));
		if (!name || !*name || strlen(name) > TEXT_MAX)
			return "a name in its .note.dlopen is no library's";
		sonames[i] = arena_dup(a, name);
	}
	*entry = (struct mkr_dlopen){ .sonames = sonames,
		.feature = copy(a, object, "feature"),
		.description = copy(a, object, "description"),
		.priority = priority_of(object) };
	return NULL;
}

/* Room for one more; doubled, so that many notes of one entry each cost no more than one of many.
 */
static struct mkr_dlopen *append(struct arena *a, struct mkr_elf_detail *d)
{
	size_t n = d->n_dlopens;
	struct mkr_dlopen *at = (struct mkr_dlopen *)(uintptr_t)d->dlopens;
	if ((n & (n - 1)) == 0) {
		at = arena_array(a, struct mkr_dlopen, n ? 2 * n : 1);
		if (n)
			memcpy(at, d->dlopens, n * sizeof(*at));
		d->dlopens = at;
	}
	return &at[n];
}

const char *detail_dlopen(struct arena *arena, const char *text, size_t n, struct mkr_elf_detail *d)
{
	json_t *root;
	struct mkr_error err;
	while (n && text[n - 1] == '\0')
		n--;
	if (json_parse(&root, text, n, JSON_MAX, &err) < 0)
		return arena_printf(arena, "its .note.dlopen cannot be read: %s", err.text);
	const char *bad = json_is_array(root) ? NULL : "its .note.dlopen is no JSON array";
	for (size_t i = 0; i < json_array_size(root); i++) {
		const char *why = "its .note.dlopen has too many entries";
		if (d->n_dlopens < ENTRIES_MAX)
			why = read_entry(arena, json_array_get(root, i), append(arena, d));
		if (why)
			bad = why;
		else
			d->n_dlopens++;
	}
	json_decref(root);
	return bad;
}
