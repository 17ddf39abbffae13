#include "elf/span.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Reads all of it; a file that ends early is one that shrank. */
static int read_all(int fd, void *to, size_t n, uint64_t at)
{
	size_t done = 0;
	while (done < n) {
		ssize_t got = pread(fd, (char *)to + done, n - done, (off_t)(at + done));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			return -EBADMSG;
		done += (size_t)got;
	}
	return 0;
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
