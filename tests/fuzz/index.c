/* The index.json of a layout that is there: what is read of it, changed, and written again. */
#include "fuzz.h"

#include "sink/layout.h"
#include "sink/store.h"

#include <stdlib.h>
#include <string.h>

static const char tag[] = "org.opencontainers.image.ref.name";

/* How many manifests have the tag. */
static size_t count(const json_t *index, const char *wanted)
{
	size_t n = 0, i;
	const json_t *m;
	json_array_foreach(json_object_get(index, "manifests"), i, m)
	{
		const char *is = json_text(json_object_get(m, "annotations"), tag);
		n += is && strcmp(is, wanted) == 0;
	}
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *index, *again;
	if (layout_parse_index(&index, (const char *)data, size, "img", NULL) < 0)
		return 0;
	json_t *named = json_pack("{s:s, s:{s:s}}", "mediaType", "m", "annotations", tag, "1.0");
	json_t *bare = json_pack("{s:s}", "mediaType", "m");
	index_set(index, named);
	index_set(index, bare);
	if (count(index, "1.0") != 1)
		abort();
	char *text = json_canonical(index);
	if (layout_parse_index(&again, text, strlen(text), "img", NULL) < 0 ||
		!json_equal(index, again))
		abort();
	json_decref(again);
	free(text);
	json_decref(named);
	json_decref(bare);
	json_decref(index);
	return 0;
}
