/* The folder of an OCI image layout that is there already: what it may be, and its index. */
#ifndef SINK_LAYOUT_H
#define SINK_LAYOUT_H

#include "base/json.h"

#include <mkroot/error.h>

#include <stdbool.h>

/* What is said of a folder. */
enum layout_kind { LAYOUT_EMPTY, LAYOUT_THERE };

/* `dir`: the folder, `path`: its name for errors. -EEXIST: something else is in it; -EBADMSG: it is
 * broken, -EFBIG: its index is huge. *index: NULL unless it is there; the caller lets go of it. */
int layout_read(
	int dir, const char *path, enum layout_kind *kind, json_t **index, struct mkr_error *err);

/* An index.json, not trusted: what index_set() looks at has the right type afterwards. -EBADMSG,
 * -EFBIG. */
int layout_parse_index(
	json_t **out, const char *text, size_t n, const char *path, struct mkr_error *err);

/* Puts the descriptor in the place of that with the same tag, or of the one without a tag, or at
 * the end. */
void index_set(json_t *index, const json_t *descriptor);

#endif
