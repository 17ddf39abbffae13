/* mkr_elf_detail(): what a link map does not need. */
#include "elf/detail.h"

#include "base/cleanup.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#ifndef DT_RELR
#define DT_RELR 36
#endif

/* Tags whose value is the address of a table that may follow the symbols. */
static bool is_table(int64_t tag)
{
	static const int64_t tags[] = { DT_STRTAB, DT_HASH, DT_GNU_HASH, DT_VERSYM, DT_VERNEED,
		DT_VERDEF, DT_RELA, DT_REL, DT_RELR, DT_JMPREL, DT_INIT, DT_FINI, DT_INIT_ARRAY,
		DT_FINI_ARRAY, DT_PREINIT_ARRAY, DT_PLTGOT };
	for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++)
		if (tags[i] == tag)
			return true;
	return false;
}

static uint64_t *pointer_of(struct pointers *p, int64_t tag)
{
	switch (tag) {
	case DT_STRTAB:
		return &p->strtab;
	case DT_STRSZ:
		return &p->strsz;
	case DT_SYMTAB:
		return &p->symtab;
	case DT_HASH:
		return &p->hash;
	case DT_GNU_HASH:
		return &p->gnu_hash;
	case DT_VERNEED:
		return &p->verneed;
	case DT_VERDEF:
		return &p->verdef;
	default:
		return NULL;
	}
}

static int read_pointers(struct reader *r, struct pointers *p)
{
	cleanup_free GElf_Dyn *dyn = NULL;
	size_t n;
	int code = reader_dynamic(r, &dyn, &n);
	if (code < 0)
		return code;
	for (size_t i = 0; i < n; i++) {
		uint64_t *slot = pointer_of(p, dyn[i].d_tag);
		if (slot)
			*slot = dyn[i].d_un.d_val;
		p->has_relr |= dyn[i].d_tag == DT_RELR;
	}
	for (size_t i = 0; i < n; i++) {
		uint64_t at = dyn[i].d_un.d_ptr;
		if (is_table(dyn[i].d_tag) && at > p->symtab &&
			(!p->behind_symtab || at < p->behind_symtab))
			p->behind_symtab = at;
	}
	return 0;
}

static int read_parts(struct reader *r, unsigned parts, struct mkr_elf_detail *d)
{
	struct pointers p = { 0 };
	int code = read_pointers(r, &p);
	if (code == -EBADMSG || code == -EFBIG) {
		/* Said by mkr_elf_read() already; the notes are elsewhere. */
		d->bad_versions = d->bad_imports = "its dynamic section is broken";
		code = 0;
	}
	d->has_relr = p.has_relr;
	if (code == 0 && (parts & MKR_DETAIL_VERSIONS))
		code = detail_versions(r, &p, d);
	if (code == 0 && (parts & MKR_DETAIL_IMPORTS))
		code = detail_imports(r, &p, d);
	if (code == 0 && (parts & MKR_DETAIL_NOTES))
		code = detail_notes(r, d);
	return code;
}

int mkr_elf_detail(const struct mkr_elf_detail **out, struct arena *arena, int fd, uint64_t size,
	unsigned parts, struct mkr_error *err)
{
	static const char *const none[] = { NULL };
	struct reader r = { .arena = arena, .err = err };
	struct mkr_elf_detail *d = arena_new_of(arena, struct mkr_elf_detail);
	d->defines = none;
	d->imports = none;
	int code = reader_open(&r, fd, size);
	if (code == 0)
		code = read_parts(&r, parts, d);
	reader_close(&r);
	if (code == 0)
		*out = d;
	return code;
}

static int by_name(const void *key, const void *element)
{
	return strcmp(key, *(const char *const *)element);
}

bool mkr_elf_imports(const struct mkr_elf_detail *detail, const char *name)
{
	return detail->n_imports &&
		bsearch(name, detail->imports, detail->n_imports, sizeof(*detail->imports),
			by_name);
}
