/* An OCI image layout in a folder (image-spec, image-layout.md). */
#include "sink/image_sink.h"
#include "sink/layers.h"

static int oci_check(const struct sink_args *args, struct mkr_error *err)
{
	int r = image_check_tag(args, err);
	if (r == 0)
		r = image_check(args, err);
	return r < 0 ? r : layout_check(args, err);
}

static int oci_open(struct mkr_sink **out, const struct sink_args *args, struct mkr_error *err)
{
	return image_open(out, args, (struct image_kind){ .folder = true }, err);
}

const struct mkr_sink_ops sink_oci = {
	.name = "oci",
	.suffixes = (const char *const[]){ NULL },
	.help =
		(const char *const[]){
			"oci:DIR[:TAG]                                       an OCI image "
			"in a layout, beside its other tags",
			NULL },
	.named = true,
	.image = true,
	.check = oci_check,
	.arrange = layers_arrange,
	.open = oci_open,
	.entry = image_entry,
	.commit = image_commit,
	.free = image_free,
};
