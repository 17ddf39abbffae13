/* The strings of a dynamic section, read in one piece where they lie close together. */
#ifndef ELF_STRTAB_H
#define ELF_STRTAB_H

#include "base/arena.h"
#include "elf/reader.h"

struct strtab {
	const struct elf_file *file;
	uint64_t at, size; /* offset in the file; DT_STRSZ */
	unsigned char *window;
	uint64_t from; /* what the window holds: size bytes from `from` of the table */
	size_t n;
	size_t handed_out; /* bytes: overlapping strings could be many times the file */
};

/* Finds the table at `address`; s->size is DT_STRSZ. The loader knows no DT_STRSZ: a table without
 * one reaches to its segment's end. False: no segment holds it. */
bool strtab_open(struct strtab *s, const struct reader *r, uint64_t address);

/* Do two offsets lie so close together that one window holds both? */
bool strtab_near(uint64_t first, uint64_t last);

/* Reads ahead what lies between two offsets into the table. A failure shows at strtab_get(). */
void strtab_prefetch(struct strtab *s, uint64_t first, uint64_t last);

/* The string at `offset`, copied into the arena. -EBADMSG: outside the table or not terminated,
 * -EFBIG: longer than any list of paths has to be, or all strings together are. */
int strtab_get(struct strtab *s, struct arena *arena, uint64_t offset, const char **out);

void strtab_done(struct strtab *s);

#endif
