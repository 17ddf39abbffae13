/* A build whose output is an image: what it says of itself. */
#include "cli/build_image.h"

#include "base/arena.h"
#include "cli/build_base.h"
#include "cli/runtime.h"
#include "cli/user.h"

#include <errno.h>
#include <string.h>

/* What an image will say of itself, for the outputs that are one. */
int build_begin_image(struct build *b, struct mkr_error *err)
{
	const struct build_args *args = b->args;
	b->arena = arena_new();
	if (!args->output || !mkr_target_is_image(&b->target)) {
		const char *option = image_args_first(&args->image);
		bool picks = args->base && option && strcmp(option, "--platform") == 0;
		if (!option || !args->output || picks)
			return 0;
		mkr_failx(err, -EINVAL, "option '%s' is for images, and '%s' is none", option,
			args->output);
		mkr_detail(err, "hint", "-o oci:DIR[:TAG], oci-archive:, docker-archive:, bundle:");
		return -EINVAL;
	}
	int r = image_from_args(&b->image, b->arena, &args->image, err);
	b->image.user = args->user ? image_user(b->arena, args->user) : NULL;
	b->image.has_created = b->policy.clamp;
	b->image.created = b->policy.epoch;
	b->policy.packages = b->image.layers > 1;
	b->target.image = &b->image;
	return r;
}

static bool has_auto(const struct opt_list *with)
{
	for (size_t i = 0; i < with->n; i++) {
		struct str rest = str_from(with->at[i]), word;
		while (str_split(&rest, ",", &word))
			if (str_eq(str_trim(word), STR("auto")))
				return true;
	}
	return false;
}

/* Images are looked at by scanners; a bundle is a folder to be started. */
static bool is_scanned(const struct build *b)
{
	const char *format = b->target.image ? mkr_target_format(&b->target) : NULL;
	return format && strcmp(format, "bundle") != 0;
}

const char *const *build_with(struct build *b, const char *otherwise)
{
	const struct opt_list *with = &b->args->with;
	const char **words = arena_array(b->arena, const char *, with->n + 3);
	size_t n = 0;
	for (size_t i = 0; i < with->n; i++)
		words[n++] = with->at[i];
	if (n == 0)
		words[n++] = otherwise;
	if (is_scanned(b) && b->adds_files && (with->n == 0 || has_auto(with)))
		words[n++] = "packages";
	return words;
}

/* What the plan says of the image. */
int build_settle_image(struct build *b, struct mkr_error *err)
{
	size_t n;
	if (!b->target.image)
		return 0;
	build_inherit(b);
	int r = image_settle(&b->image, b->arena, b->closure, b->base.has_command ? NULL : b->first,
		b->base.machine, err);
	if (r < 0)
		return r;
	if (strncmp(b->target.output, "bundle:", 7) != 0)
		return 0;
	const struct mkr_entry *entries = mkr_plan_entries(b->whole, &n);
	r = runtime_config(&b->runtime, &b->image, entries, n, err);
	b->image.runtime = b->runtime;
	return r;
}
