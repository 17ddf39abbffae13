/* A file's headers and dynamic section, read in small pieces.
 *
 * libelf decodes, but never sees the file: it gets a small image of the ELF header and the program
 * headers, and another of the header and the dynamic section. So it cannot be led to allocate what
 * a hostile header names, to follow section headers, or to map a file that shrinks; and a library
 * costs three reads of a few kilobytes. */
#ifndef ELF_READER_H
#define ELF_READER_H

#include "base/arena.h"
#include "elf/span.h"

#include <mkroot/elf.h>

#include <gelf.h>

struct reader {
	struct elf_file file;
	struct arena *arena;
	struct mkr_elf *elf;
	struct mkr_error *err;
	GElf_Phdr *phdr;
	size_t n_phdr;
};

/* Where things stand in the header of each class. */
struct layout {
	size_t ehdr, phdr, off, e_phoff, e_shoff, e_phentsize, e_phnum, e_shnum;
};
const struct layout *layout_of(const struct reader *r);

/* Reads the headers; r->arena and r->err are set. What they say is in r->elf and r->phdr. The codes
 * are mkr_elf_read()'s; reader_close() also after a failure. */
int reader_open(struct reader *r, int fd, uint64_t size);
void reader_close(struct reader *r);

/* The entries of the dynamic section up to DT_NULL, in memory that the caller frees; none when
 * there is no such section. */
int reader_dynamic(struct reader *r, GElf_Dyn **out, size_t *n);

/* Offset of a virtual address in the file, through PT_LOAD, and how many bytes of the segment
 * follow it there. False: no segment holds it. */
bool reader_offset_of(const struct reader *r, uint64_t vaddr, uint64_t *offset, uint64_t *left);

/* An image for libelf: the header, saying that program headers (`n_phdr`) are what follows it or
 * absent, and no sections, then room for `n` bytes more. The caller frees it. */
unsigned char *reader_image(const struct reader *r, size_t n_phdr, size_t n);

/* An integer in the file's byte order, for what libelf cannot be asked. */
uint64_t field_get(const unsigned char *p, size_t width, bool big);

/* Fails with `what`, and with what the system said unless the file itself is broken (-EBADMSG). */
int reader_fail(struct reader *r, int code, const char *what);

#endif
