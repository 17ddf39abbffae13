/* The facts of an ELF file (elf.h). */
#include <mkroot/elf.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "elf/reader.h"
#include "elf/strtab.h"

#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum {
	PAGE_MIN = 4096, /* the smallest page of any machine in machine.c */
};

static int read_interp(struct reader *r, const GElf_Phdr *p)
{
	/* The kernel's own conditions (fs/binfmt_elf.c load_elf_binary()). */
	if (p->p_filesz < 2 || p->p_filesz > PATH_MAX)
		return mkr_failx(r->err, -EBADMSG, "PT_INTERP is %llu bytes long",
			(unsigned long long)p->p_filesz);
	char path[PATH_MAX];
	int code = file_read(&r->file, path, p->p_offset, (size_t)p->p_filesz);
	if (code < 0)
		return reader_fail(r, code, "PT_INTERP lies outside the file");
	if (path[p->p_filesz - 1] != '\0')
		return mkr_failx(r->err, -EBADMSG, "PT_INTERP is not terminated");
	r->elf->interp = arena_dup(r->arena, path);
	return 0;
}

/* What the dynamic section holds, as offsets: the strings are read when all are known. */
struct dynamic {
	uint64_t strtab, strsz;
	bool has_strtab;
	uint64_t first, last; /* the lowest and highest string offset */
	size_t n_strings;
};

/* The tags whose value is a string, and where it goes; a later entry replaces an earlier one. */
static const char **string_of(struct mkr_elf *elf, int64_t tag)
{
	switch (tag) {
	case DT_SONAME:
		return &elf->soname;
	case DT_RPATH:
		return &elf->rpath;
	case DT_RUNPATH:
		return &elf->runpath;
	case DT_AUDIT:
		return &elf->audit;
	case DT_DEPAUDIT:
		return &elf->depaudit;
	default:
		return NULL;
	}
}

static bool request_kind(int64_t tag, enum mkr_request_kind *kind)
{
	switch (tag) {
	case DT_NEEDED:
		*kind = MKR_REQUEST_NEEDED;
		return true;
	case DT_AUXILIARY:
		*kind = MKR_REQUEST_AUXILIARY;
		return true;
	case DT_FILTER:
		*kind = MKR_REQUEST_FILTER;
		return true;
	default:
		return false;
	}
}

static void survey(struct reader *r, const GElf_Dyn *dyn, size_t n, struct dynamic *d)
{
	for (size_t i = 0; i < n; i++) {
		enum mkr_request_kind kind;
		uint64_t value = dyn[i].d_un.d_val;
		if (dyn[i].d_tag == DT_STRTAB) {
			d->strtab = value;
			d->has_strtab = true;
		} else if (dyn[i].d_tag == DT_STRSZ) {
			d->strsz = value;
		} else if (dyn[i].d_tag == DT_FLAGS_1) {
			r->elf->flags_1 = value;
		} else if (string_of(r->elf, dyn[i].d_tag) || request_kind(dyn[i].d_tag, &kind)) {
			d->first = d->n_strings == 0 || value < d->first ? value : d->first;
			d->last = value > d->last ? value : d->last;
			d->n_strings++;
		}
	}
}

static int read_strings(struct reader *r, const GElf_Dyn *dyn, size_t n, struct dynamic *d)
{
	struct strtab s = { .size = d->strsz };
	if (!d->has_strtab || !strtab_open(&s, r, d->strtab))
		return mkr_failx(r->err, -EBADMSG, "DT_STRTAB points outside the loaded segments");
	strtab_prefetch(&s, d->first, d->last);
	struct mkr_request *requests = arena_array(r->arena, struct mkr_request, d->n_strings);
	int code = 0;
	for (size_t i = 0; i < n && code == 0; i++) {
		const char **slot = string_of(r->elf, dyn[i].d_tag);
		struct mkr_request *next = &requests[r->elf->n_requests];
		if (slot) {
			code = strtab_get(&s, r->arena, dyn[i].d_un.d_val, slot);
		} else if (request_kind(dyn[i].d_tag, &next->kind)) {
			code = strtab_get(&s, r->arena, dyn[i].d_un.d_val, &next->name);
			r->elf->n_requests += code == 0;
		}
	}
	r->elf->requests = requests;
	strtab_done(&s);
	if (code == -EBADMSG || code == -EFBIG)
		return mkr_failx(r->err, code, "%s",
			code == -EFBIG ? "the names in its dynamic section are too long"
				       : "a name in its dynamic section lies outside its "
					 "string table");
	return code < 0 ? mkr_fail(r->err, code, "cannot read its dynamic strings") : 0;
}

static int read_dynamic(struct reader *r)
{
	cleanup_free GElf_Dyn *dyn = NULL;
	size_t n;
	int code = reader_dynamic(r, &dyn, &n);
	if (code < 0)
		return code;
	struct dynamic d = { 0 };
	survey(r, dyn, n, &d);
	if (d.n_strings)
		code = read_strings(r, dyn, n, &d);
	/* get-dynamic-info.h: DT_RUNPATH voids DT_RPATH. */
	if (r->elf->runpath)
		r->elf->rpath = NULL;
	return code;
}

/* What the program headers say, beside the two that point to more. */
static void check_segments(struct reader *r, const GElf_Phdr *dynamic)
{
	const char *why = NULL;
	for (size_t i = 0; i < r->n_phdr; i++) {
		const GElf_Phdr *p = &r->phdr[i];
		if (p->p_type != PT_LOAD)
			continue;
		r->elf->loads = true;
		if (!(p->p_flags & (PF_W | PF_X)) || !r->elf->rodata_size) {
			r->elf->rodata_at = p->p_offset;
			r->elf->rodata_size = p->p_filesz;
		}
		/* Since 2.35; before, p_align counted. */
		if ((p->p_vaddr - p->p_offset) & (PAGE_MIN - 1))
			why = "ELF load command address/offset not page-aligned";
	}
	if (!r->elf->loads)
		why = "object file has no loadable segments";
	else if (r->elf->type == ET_DYN && (!dynamic || dynamic->p_filesz == 0))
		why = "object file has no dynamic section";
	if (!r->elf->malformed)
		r->elf->malformed = why;
}

static int read_segments(struct reader *r)
{
	const GElf_Phdr *interp = NULL, *dynamic = NULL;
	for (size_t i = 0; i < r->n_phdr; i++) {
		if (r->phdr[i].p_type == PT_INTERP && !interp)
			interp = &r->phdr[i]; /* the kernel stops at the first ... */
		if (r->phdr[i].p_type == PT_DYNAMIC)
			dynamic = &r->phdr[i]; /* ... the loader at the last */
	}
	check_segments(r, dynamic);
	int code = interp ? read_interp(r, interp) : 0;
	return code < 0 ? code : read_dynamic(r);
}

int mkr_elf_read(const struct mkr_elf **out, struct arena *arena, int fd, uint64_t size,
	struct mkr_error *err)
{
	struct reader r = { .arena = arena, .err = err };
	int code = reader_open(&r, fd, size);
	if (code == 0) {
		struct mkr_error inner = { 0 };
		r.err = &inner;
		code = read_segments(&r);
		if (code == -EBADMSG || code == -EFBIG) {
			/* Broken behind a good header: a fact that a loader may never get to see.
			 */
			if (!r.elf->malformed)
				r.elf->malformed = arena_dup(arena, inner.text);
			code = 0;
		} else if (code < 0 && err) {
			*err = inner;
		}
	}
	reader_close(&r);
	if (code == 0)
		*out = r.elf;
	return code;
}

bool mkr_elf_is_program(const struct mkr_elf *elf)
{
	return elf->interp || elf->type == ET_EXEC || (elf->flags_1 & DF_1_PIE);
}
