/* Reading parts of a file whose every byte is hostile. */
#ifndef ELF_SPAN_H
#define ELF_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The file, and its first bytes, which hold all that is asked for in most libraries' headers. */
enum { HEAD_SIZE = 4096 };

struct elf_file {
	int fd;
	uint64_t size; /* bytes; nothing beyond is asked for */
	_Alignas(16) unsigned char head[HEAD_SIZE];
	size_t n_head;
};

/* Copies `n` bytes at `at` to `to`. -EBADMSG when they are not all inside the file, or when the
 * file became shorter; -errno of pread(2). */
int file_read(const struct elf_file *f, void *to, uint64_t at, size_t n);

/* Fills f->head. */
int file_open(struct elf_file *f, int fd, uint64_t size);

#endif
