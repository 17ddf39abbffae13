#include "sink/sink.h"

#include "base/arena.h"
#include "sink/output.h"
#include "sink/tar_writer.h"

struct tar {
	struct mkr_sink head;
	struct output out;
	struct tar_writer tar;
};

static void tar_free(struct mkr_sink *sink)
{
	struct tar *t = (struct tar *)sink;
	output_close(&t->out);
	tar_free_writer(&t->tar);
	free(t);
}

static int tar_open(struct mkr_sink **out, const struct sink_args *args, struct mkr_error *err)
{
	struct tar *t = calloc(1, sizeof(*t));
	if (!t)
		out_of_memory();
	t->head.args = args;
	int r = output_open(&t->out, args, false, err);
	if (r < 0) {
		free(t);
		return r;
	}
	*out = &t->head;
	return 0;
}

static int tar_entry(
	struct mkr_sink *sink, const struct mkr_entry *e, int fd, struct mkr_error *err)
{
	struct tar *t = (struct tar *)sink;
	return tar_put(&t->tar, t->out.stream, e, fd, err);
}

static int tar_commit(struct mkr_sink *sink, struct mkr_error *err)
{
	struct tar *t = (struct tar *)sink;
	int r = tar_end(&t->tar, t->out.stream, err);
	return r < 0 ? r : output_commit(&t->out, sink->args, err);
}

const struct mkr_sink_ops sink_tar = {
	.name = "tar",
	.suffixes = (const char *const[]){ ".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.zst", NULL },
	.help = (const char *const
			[]){ "x.tar x.tar.gz (x.tgz) x.tar.xz x.tar.zst tar:PATH  a tar archive",
		"-                                                   a tar on standard output",
		NULL },
	.takes_stdout = true,
	.same_bytes = true,
	.check = output_check,
	.open = tar_open,
	.entry = tar_entry,
	.commit = tar_commit,
	.free = tar_free,
};
