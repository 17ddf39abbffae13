#include "sink/output.h"

#include "base/cleanup.h"
#include "sink/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

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

int output_check(const struct sink_args *args, struct mkr_error *err)
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

static int duplicate_stdout(struct new_file *f, const struct sink_args *args, struct mkr_error *err)
{
	*f = (struct new_file){ .fd = -1, .dirfd = -1, .direct = true };
	int r = refuse_terminal(stdout_of(args->to), err);
	if (r < 0)
		return r;
	f->fd = fcntl(stdout_of(args->to), F_DUPFD_CLOEXEC, 0);
	return f->fd < 0 ? mkr_fail(err, -errno, "cannot write 'standard output'") : 0;
}

int output_open_file(struct output *o, const struct sink_args *args, struct mkr_error *err)
{
	o->stream = NULL;
	int r = is_stdout(args) ? duplicate_stdout(&o->file, args, err)
				: new_file_open(&o->file, args->path, err);
	if (r == 0)
		r = refuse_terminal(o->file.fd, err);
	if (r < 0)
		output_close(o);
	return r;
}

int output_open(
	struct output *o, const struct sink_args *args, bool for_kernel, struct mkr_error *err)
{
	int r = output_open_file(o, args, err);
	if (r < 0)
		return r;
	const struct stream_args stream = {
		.name = is_stdout(args) ? "standard output" : args->path,
		.suffix = args->suffix,
		.to = args->to,
		.tap = args->tap,
		.for_kernel = for_kernel,
		.fd = o->file.fd,
	};
	r = stream_open(&o->stream, &stream, err);
	if (r < 0)
		output_close(o);
	return r;
}

int output_content(struct stream *s, const struct mkr_entry *e, int fd, struct mkr_error *err)
{
	if (fd < 0)
		return stream_put(s, e->data, e->size, err);
	struct copied copied;
	int r = stream_copy(s, fd, e->size, &copied, err);
	if (r < 0 && copied.reading)
		return mkr_fail(err, r, "cannot read '%s'", e->source);
	if (r < 0)
		return r;
	return copied.n == e->size ? 0 : source_stale(e, err);
}

int output_commit(struct output *o, const struct sink_args *args, struct mkr_error *err)
{
	int r = o->stream ? stream_finish(o->stream, err) : 0;
	if (r < 0)
		return r;
	r = new_file_commit(&o->file);
	return r < 0 ? mkr_fail(err, r, "cannot write '%s'", args->path) : 0;
}

void output_close(struct output *o)
{
	stream_free(o->stream);
	o->stream = NULL;
	new_file_drop(&o->file);
}
