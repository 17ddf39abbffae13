/* A tar of an OCI image layout. */
#include "sink/image_sink.h"
#include "sink/layers.h"
#include "sink/output.h"

#include <errno.h>

static int oci_archive_check(const struct sink_args *args, struct mkr_error *err)
{
	int r = image_check_tag(args, err);
	if (r == 0)
		r = image_check(args, err);
	if (r < 0)
		return r;
	/* What a name ends in is not what readers of this go by: they take a tar. */
	if (stream_is_packed(args->suffix))
		return mkr_failx(err, -EINVAL,
			"an oci-archive is not compressed as a whole, its layers are: '%s'",
			args->path);
	return output_check(args, err);
}

static int oci_archive_open(
	struct mkr_sink **out, const struct sink_args *args, struct mkr_error *err)
{
	return image_open(out, args, (struct image_kind){ 0 }, err);
}

const struct mkr_sink_ops sink_oci_archive = {
	.name = "oci-archive",
	.suffixes = (const char *const[]){ NULL },
	.help =
		(const char *const[]){
			"oci-archive:FILE[:TAG]                              the same "
			"as a tar",
			NULL },
	.named = true,
	.image = true,
	.check = oci_archive_check,
	.arrange = layers_arrange,
	.open = oci_archive_open,
	.entry = image_entry,
	.commit = image_commit,
	.free = image_free,
};
