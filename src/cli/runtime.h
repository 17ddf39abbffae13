/* What a bundle says of how its root is to be run. */
#ifndef CLI_RUNTIME_H
#define CLI_RUNTIME_H

#include <mkroot/plan.h>
#include <mkroot/sink.h>

/* The config.json for an image that is settled, with the ids that the plan's own passwd has for its
 * user. The caller frees it. -ENOENT: it has no such user. */
int runtime_config(char **out, const struct mkr_image_spec *config, const struct mkr_entry *entries,
	size_t n, struct mkr_error *err);

#endif
