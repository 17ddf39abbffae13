#include "sink/sink.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "sink/source.h"
#include "sink/stream.h"
#include "sink/tar_header.h"

#include <errno.h>
#include <string.h>

/* Two blocks of zeros end it, and its size is a multiple of twenty (pax, "ustar Archive"). */
enum { RECORD = 20 * TAR_BLOCK };

struct tar {
	struct mkr_sink head;
	struct new_file file;
	struct stream *stream;
	tar_bytes header;
	uint64_t written; /* before compression */
};

static bool is_stdout(const struct sink_args *args)
{
	return strcmp(args->path, "-") == 0;
}

static int refuse_terminal(int fd, struct mkr_error *err)
{
	if (!isatty(fd))
		return 0;
	mkr_failx(err, -EPERM, "an archive is not written to a terminal");
	mkr_detail(err, "hint", "name a file with -o, or write it into a pipe");
	return -EPERM;
}

/* What the folder that the file is to appear in says of it. */
static int check_parent(const char *path, struct mkr_error *err)
{
	char name[NAME_MAX + 1];
	cleanup_fd int dir = open_parent(path, name, err);
	if (dir < 0)
		return dir;
	if (faccessat(dir, ".", W_OK | X_OK, AT_EACCESS) < 0)
		return mkr_fail(err, -errno, "cannot create '%s'", path);
	return 0;
}

static int stdout_of(const struct mkr_target *to)
{
	return to->fd ? to->fd : STDOUT_FILENO;
}

static int tar_check(const struct sink_args *args, struct mkr_error *err)
{
	int r = stream_check(args->suffix, args->to->level, err);
	if (r < 0)
		return r;
	if (is_stdout(args))
		return refuse_terminal(stdout_of(args->to), err);
	struct stat st;
	bool there = stat(args->path, &st) == 0;
	if (there && S_ISDIR(st.st_mode))
		return mkr_failx(err, -EISDIR, "'%s' is a folder", args->path);
	return there && !S_ISREG(st.st_mode) ? 0 : check_parent(args->path, err);
}

static void tar_free(struct mkr_sink *sink)
{
	struct tar *t = (struct tar *)sink;
	stream_free(t->stream);
	new_file_drop(&t->file);
	vec_free(&t->header);
	free(t);
}

static int open_file(struct tar *t, struct mkr_error *err)
{
	if (!is_stdout(t->head.args))
		return new_file_open(&t->file, t->head.args->path, err);
	t->file = (struct new_file){ .dirfd = -1, .direct = true };
	t->file.fd = fcntl(stdout_of(t->head.args->to), F_DUPFD_CLOEXEC, 0);
	return t->file.fd < 0 ? mkr_fail(err, -errno, "cannot write 'standard output'") : 0;
}

static int tar_open(struct mkr_sink **out, const struct sink_args *args, struct mkr_error *err)
{
	struct tar *t = calloc(1, sizeof(*t));
	if (!t)
		out_of_memory();
	t->head.args = args;
	t->file = (struct new_file){ .fd = -1, .dirfd = -1 };
	const char *name = is_stdout(args) ? "standard output" : args->path;
	int r = open_file(t, err);
	if (r == 0)
		r = refuse_terminal(t->file.fd, err);
	if (r == 0)
		r = stream_open(&t->stream, t->file.fd, name, args->suffix, args->to, err);
	if (r < 0) {
		tar_free(&t->head);
		return r;
	}
	*out = &t->head;
	return 0;
}

static int put_content(struct tar *t, const struct mkr_entry *e, int fd, struct mkr_error *err)
{
	if (fd < 0)
		return stream_put(t->stream, e->data, e->size, err);
	struct copied copied;
	int r = stream_copy(t->stream, fd, e->size, &copied, err);
	if (r < 0 && copied.reading)
		return mkr_fail(err, r, "cannot read '%s'", e->source);
	if (r < 0)
		return r;
	return copied.n == e->size ? 0 : source_stale(e, err);
}

static int tar_entry(
	struct mkr_sink *sink, const struct mkr_entry *e, int fd, struct mkr_error *err)
{
	struct tar *t = (struct tar *)sink;
	int r = tar_header(&t->header, e, err);
	if (r == 0)
		r = stream_put(t->stream, t->header.at, t->header.n, err);
	t->written += t->header.n;
	if (r < 0 || !S_ISREG(e->mode) || e->target)
		return r;
	t->written += e->size + tar_padding(e->size);
	r = put_content(t, e, fd, err);
	return r < 0 ? r : stream_zeros(t->stream, tar_padding(e->size), err);
}

static int tar_commit(struct mkr_sink *sink, struct mkr_error *err)
{
	struct tar *t = (struct tar *)sink;
	const size_t tail = (size_t)2 * TAR_BLOCK;
	size_t end = tail + (size_t)(RECORD - (t->written + tail) % RECORD) % RECORD;
	int r = stream_zeros(t->stream, end, err);
	if (r == 0)
		r = stream_finish(t->stream, err);
	if (r < 0)
		return r;
	r = new_file_commit(&t->file);
	return r < 0 ? mkr_fail(err, r, "cannot write '%s'", sink->args->path) : 0;
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
	.check = tar_check,
	.open = tar_open,
	.entry = tar_entry,
	.commit = tar_commit,
	.free = tar_free,
};
