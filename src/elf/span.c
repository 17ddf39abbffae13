#include "elf/span.h"

#include "base/read.h"

#include <errno.h>
#include <string.h>

/* Reads all of it; a file that ends early is one that shrank. */
static int read_all(int fd, void *to, size_t n, uint64_t at)
{
	ssize_t got = read_at(fd, to, n, at);
	if (got < 0)
		return (int)got;
	return (size_t)got < n ? -EBADMSG : 0;
}

int file_open(struct elf_file *f, int fd, uint64_t size)
{
	f->fd = fd;
	f->size = size;
	f->n_head = size < HEAD_SIZE ? (size_t)size : HEAD_SIZE;
	return read_all(fd, f->head, f->n_head, 0);
}

int file_read(const struct elf_file *f, void *to, uint64_t at, size_t n)
{
	if (at > f->size || n > f->size - at)
		return -EBADMSG;
	if (at <= f->n_head && n <= f->n_head - at) {
		memcpy(to, f->head + at, n);
		return 0;
	}
	return read_all(f->fd, to, n, at);
}
