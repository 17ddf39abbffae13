/* The JSON documents of a hostile image: the same bytes as each of them. */
#include "fuzz.h"

#include "image/digest.h"
#include "image/documents.h"
#include "image/pick.h"

#include <stdlib.h>
#include <string.h>

static void check(const struct descriptors *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (!digest_is_sha256(list->at[i].digest) || !list->at[i].media_type)
			abort();
}

static void count(const char *const *list)
{
	while (*list)
		if (strlen(*list++) > DOCUMENT_MAX)
			abort();
}

static void read_config(struct arena *a, const char *text, size_t n)
{
	struct config c;
	struct mkr_image_config facts;
	const char *root;
	if (config_parse(&c, a, text, n, NULL) == 0) {
		count(c.facts.entrypoint);
		count(c.facts.cmd);
		count(c.facts.env);
		if (c.facts.workdir && c.facts.workdir[0] != '/')
			abort();
		for (size_t i = 0; i < c.n_diff_ids; i++)
			if (!digest_is_sha256(c.diff_ids[i]))
				abort();
	}
	if (bundle_parse(&facts, &root, a, text, n, NULL) == 0)
		count(facts.cmd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	const char *text = (const char *)data, *version;
	const struct descriptor *d;
	const struct saved_image *image;
	struct descriptors index;
	struct manifest m;
	struct saved_images saved;
	if (index_parse(&index, a, text, size, NULL) == 0) {
		check(&index);
		pick_tag(&d, &index, NULL, &(struct wanted){ .machine = "amd64" }, a, NULL);
		pick_tag(&d, &index, "v1", &(struct wanted){ .machine = "amd64" }, a, NULL);
	}
	if (manifest_parse(&m, a, text, size, NULL) == 0) {
		check(&m.layers);
		check(&(struct descriptors){ &m.config, 1 });
	}
	if (saved_parse(&saved, a, text, size, NULL) == 0) {
		pick_saved(&image, &saved, NULL, NULL);
		pick_saved(&image, &saved, "demo:latest", NULL);
	}
	read_config(a, text, size);
	layout_version_parse(&version, a, text, size, NULL);
	arena_free(a);
	return 0;
}
