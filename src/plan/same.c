#include "plan/same.h"

#include "base/cleanup.h"
#include "base/read.h"
#include "os/root.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUFFER = 64 * 1024 };

const char *type_in_words(uint32_t mode)
{
	return S_ISREG(mode)     ? "a file"
		: S_ISDIR(mode)  ? "a folder"
		: S_ISLNK(mode)  ? "a symbolic link"
		: S_ISFIFO(mode) ? "a FIFO"
				 : "a device";
}

static bool same_xattrs(const struct mkr_entry *a, const struct mkr_entry *b)
{
	if (a->n_xattrs != b->n_xattrs)
		return false;
	for (size_t i = 0; i < a->n_xattrs; i++) {
		const struct mkr_xattr *x = &a->xattrs[i], *y = &b->xattrs[i];
		if (strcmp(x->name, y->name) != 0 || x->size != y->size ||
			memcmp(x->value, y->value, x->size) != 0)
			return false;
	}
	return true;
}

bool same_meta(const struct mkr_entry *a, const struct mkr_entry *b)
{
	bool timeless = S_ISDIR(b->mode) || S_ISLNK(b->mode) || b->why == MKR_WHY_MADE;
	if ((a->mode & S_IFMT) != (b->mode & S_IFMT) || a->uid != b->uid || a->gid != b->gid)
		return false;
	/* A link's mode means nothing. */
	if (!S_ISLNK(a->mode) && (a->mode & 07777) != (b->mode & 07777))
		return false;
	return (timeless || a->mtime == b->mtime) && same_xattrs(a, b);
}

/* A file's bytes, from a descriptor or from memory. */
struct bytes {
	const struct mkr_entry *e;
	int fd;
	char *buffer;
};

static int open_bytes(struct bytes *b, const struct mkr_entry *e, struct mkr_error *err)
{
	struct stat st;
	*b = (struct bytes){ .e = e, .fd = -1 };
	if (!e->from)
		return 0;
	b->fd = root_open_file(e->from, e->source, &st);
	if (b->fd < 0)
		return mkr_fail(err, b->fd, "cannot open '%s'", e->source);
	b->buffer = malloc(BUFFER);
	if (!b->buffer)
		out_of_memory();
	return 0;
}

static void close_bytes(struct bytes *b)
{
	if (b->fd >= 0)
		close(b->fd);
	free(b->buffer);
}

/* The `n` bytes at `at`. */
static int read_bytes(
	struct bytes *b, uint64_t at, size_t n, const char **ret, struct mkr_error *err)
{
	*ret = b->fd < 0 ? (const char *)b->e->data + at : b->buffer;
	if (b->fd < 0)
		return 0;
	ssize_t got = read_at(b->fd, b->buffer, n, at);
	if (got < 0)
		return mkr_fail(err, (int)got, "cannot read '%s'", b->e->source);
	if ((size_t)got < n)
		return mkr_failx(err, -ESTALE, "'%s' changed while it was read", b->e->source);
	return 0;
}

static int same_bytes(const struct mkr_entry *a, const struct mkr_entry *b, struct mkr_error *err)
{
	struct bytes x, y = { .fd = -1 };
	int r = open_bytes(&x, a, err), same = 1;
	if (r == 0)
		r = open_bytes(&y, b, err);
	for (uint64_t at = 0; r == 0 && same && at < a->size;) {
		size_t n = a->size - at < BUFFER ? (size_t)(a->size - at) : BUFFER;
		const char *p, *q;
		r = read_bytes(&x, at, n, &p, err);
		if (r == 0)
			r = read_bytes(&y, at, n, &q, err);
		if (r == 0)
			same = memcmp(p, q, n) == 0;
		at += n;
	}
	close_bytes(&x);
	close_bytes(&y);
	return r < 0 ? r : same;
}

int same_content(const struct mkr_entry *a, const struct mkr_entry *b, struct mkr_error *err)
{
	if (S_ISLNK(a->mode))
		return strcmp(a->target, b->target) == 0;
	if (S_ISCHR(a->mode) || S_ISBLK(a->mode))
		return a->dev_major == b->dev_major && a->dev_minor == b->dev_minor;
	if (!S_ISREG(a->mode))
		return 1;
	if (a->size != b->size)
		return 0;
	return same_bytes(a, b, err);
}
