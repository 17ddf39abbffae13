/* The parts of mkr_elf_detail(), each of which reads one kind of table. What is broken in one is in
 * its text in *why; the codes are those of pread(2) alone. */
#ifndef ELF_DETAIL_H
#define ELF_DETAIL_H

#include "elf/reader.h"

/* What the dynamic section points to; addresses, 0: absent. */
struct pointers {
	uint64_t strtab, strsz, symtab, hash, gnu_hash, verneed, verdef;
	uint64_t behind_symtab; /* the lowest address of a table that lies behind it */
	bool has_relr;
};

/* DT_VERNEED and DT_VERDEF. */
int detail_versions(struct reader *r, const struct pointers *p, struct mkr_elf_detail *d);

/* PT_NOTE and PT_GNU_PROPERTY. */
int detail_notes(struct reader *r, struct mkr_elf_detail *d);

/* DT_SYMTAB. */
int detail_imports(struct reader *r, const struct pointers *p, struct mkr_elf_detail *d);

/* The JSON of a .note.dlopen: its entries, appended to d->dlopens. Returns what is wrong with it,
 * or NULL. */
const char *detail_dlopen(
	struct arena *arena, const char *text, size_t n, struct mkr_elf_detail *d);

#endif
