/* The options that say how an image is to be run and stored. */
#ifndef CLI_IMAGE_ARGS_H
#define CLI_IMAGE_ARGS_H

#include "base/arena.h"
#include "cli/opt.h"

#include <mkroot/closure.h>
#include <mkroot/error.h>
#include <mkroot/sink.h>

struct image_args {
	const char *entrypoint, *cmd, *workdir, *stop_signal, *platform, *compress;
	struct opt_list env, label, annotation, expose, volume;
	int layers;
};

/* The name of an option that was given, NULL: none was. */
const char *image_args_first(const struct image_args *args);

/* Fills *out from the options alone; strings are in the arena, or the options' own. -EINVAL. */
int image_from_args(struct mkr_image_spec *out, struct arena *a, const struct image_args *args,
	struct mkr_error *err);

/* The variables `env`, and those of the options: in the place of one of the same name, or behind
 * them.
 */
const char *const *image_add_env(
	struct arena *a, const char *const *env, const struct opt_list *list);

/* What the options left open: the machine that the ELF files are for, and the command, `program`,
 * the first one's path in the root (NULL: there is none). `base`: the machine of what the image is
 * based on, which they have to be for; NULL: any. -EINVAL: files for two machines, or none at all.
 */
int image_settle(struct mkr_image_spec *config, struct arena *a, const struct mkr_closure *c,
	const char *program, const char *base, struct mkr_error *err);

#endif
