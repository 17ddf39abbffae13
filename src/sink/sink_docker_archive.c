/* What docker load takes: a tar of an OCI image layout with docker's manifest.json in it, as docker
 * save makes it since version 25. */
#include "base/arena.h"
#include "sink/image_sink.h"
#include "sink/layers.h"
#include "sink/output.h"

static int docker_archive_check(const struct sink_args *args, struct mkr_error *err)
{
	struct docker_name name;
	int r = args->name ? docker_name_parse(&name, args->arena, args->name, err) : 0;
	if (r == 0)
		r = image_check(args, err);
	return r < 0 ? r : output_check(args, err);
}

static int docker_archive_open(
	struct mkr_sink **out, const struct sink_args *args, struct mkr_error *err)
{
	return image_open(out, args, (struct image_kind){ .docker = true }, err);
}

const struct mkr_sink_ops sink_docker_archive = {
	.name = "docker-archive",
	.suffixes = (const char *const[]){ NULL },
	.help =
		(const char *const[]){
			"docker-archive:FILE[:NAME:TAG]                      what docker "
			"load takes; FILE may be -, x.tar.gz ...",
			NULL },
	.named = true,
	.image = true,
	.check = docker_archive_check,
	.arrange = layers_arrange,
	.open = docker_archive_open,
	.entry = image_entry,
	.commit = image_commit,
	.free = image_free,
};
