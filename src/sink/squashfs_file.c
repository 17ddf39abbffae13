#include "sink/squashfs.h"

#include <errno.h>
#include <sqfs/error.h>
#include <string.h>

static int failed(struct squashfs_file *f, int code)
{
	f->failed = code;
	return SQFS_ERROR_IO;
}

static int read_at(sqfs_file_t *head, sqfs_u64 offset, void *buffer, size_t size)
{
	struct squashfs_file *f = (struct squashfs_file *)head;
	char *p = buffer;
	while (size) {
		ssize_t n = pread(f->fd, p, size, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? failed(f, -errno) : SQFS_ERROR_OUT_OF_BOUNDS;
		p += n;
		offset += (sqfs_u64)n;
		size -= (size_t)n;
	}
	return 0;
}

static int write_at(sqfs_file_t *head, sqfs_u64 offset, const void *buffer, size_t size)
{
	struct squashfs_file *f = (struct squashfs_file *)head;
	const char *p = buffer;
	while (size) {
		ssize_t n = pwrite(f->fd, p, size, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return failed(f, -errno);
		p += n;
		offset += (sqfs_u64)n;
		size -= (size_t)n;
	}
	if (offset > f->size)
		f->size = offset;
	return 0;
}

static sqfs_u64 get_size(const sqfs_file_t *head)
{
	const struct squashfs_file *f = (const struct squashfs_file *)head;
	return f->size;
}

static int truncate_to(sqfs_file_t *head, sqfs_u64 size)
{
	struct squashfs_file *f = (struct squashfs_file *)head;
	if (ftruncate(f->fd, (off_t)size) < 0)
		return failed(f, -errno);
	f->size = size;
	return 0;
}

static void keep(sqfs_object_t *object)
{
	(void)object; /* it is a part of somebody, who closes it */
}

void squashfs_file_init(struct squashfs_file *f, int fd)
{
	*f = (struct squashfs_file){ .fd = fd };
	f->head.base.destroy = keep;
	f->head.read_at = read_at;
	f->head.write_at = write_at;
	f->head.get_size = get_size;
	f->head.truncate = truncate_to;
}

int squashfs_fail(const struct squashfs *s, int code, struct mkr_error *err)
{
	const char *path = s->head.args->path;
	if (s->file.failed)
		return mkr_fail(err, s->file.failed, "cannot write '%s'", path);
	if (code == SQFS_ERROR_ALLOC)
		return mkr_fail(err, -ENOMEM, "cannot make '%s'", path);
	return mkr_failx(err, -EIO, "cannot make '%s': libsquashfs says %d", path, code);
}
