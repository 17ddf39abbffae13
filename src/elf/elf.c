/* The facts of an ELF file (elf.h).
 *
 * libelf decodes, but never sees the file: it gets a small image of the ELF header and the program
 * headers, and another of the header and the dynamic section. So it cannot be led to allocate what a
 * hostile header names, to follow section headers, or to map a file that shrinks; and a library
 * costs three reads of a few kilobytes. */
#include <mkroot/elf.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "elf/span.h"
#include "elf/strtab.h"

#include <elf.h>
#include <errno.h>
#include <gelf.h>
#include <libelf.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum {
	PHDRS_MAX = 64 * 1024, /* bytes; the kernel's limit, fs/binfmt_elf.c load_elf_phdrs() */
	DYNAMIC_MAX = 1024 * 1024, /* bytes */
	PAGE_MIN = 4096, /* the smallest page of any machine in machine.c */
};

struct reader {
	struct elf_file file;
	struct arena *arena;
	struct mkr_elf *elf;
	struct mkr_error *err;
	GElf_Phdr *phdr;
	size_t n_phdr;
};

static int broken(struct reader *r, int code, const char *what)
{
	if (code == -EBADMSG)
		return mkr_failx(r->err, code, "%s", what);
	return mkr_fail(r->err, code, "%s", what);
}

/* What a file that is no ELF file is instead. */
static int not_elf(const struct elf_file *f, struct mkr_error *err)
{
	static const struct {
		const char *magic, *what;
	} kinds[] = {
		{ "!<arch>\n", "an ar archive (a static library)" },
		{ "!<thin>\n", "a thin ar archive (a static library)" },
		{ "#!", "a script" },
		{ "/* GNU ld script", "a linker script" },
		{ "INPUT", "a linker script" },
		{ "GROUP", "a linker script" },
		{ "MZ", "a Windows program" },
		{ "\xcf\xfa\xed\xfe", "a Mach-O file" },
	};
	if (f->size == 0)
		return mkr_failx(err, -ENOEXEC, "not an ELF file: it is empty");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		size_t n = strlen(kinds[i].magic);
		if (f->n_head >= n && memcmp(f->head, kinds[i].magic, n) == 0)
			return mkr_failx(err, -ENOEXEC, "not an ELF file: it is %s", kinds[i].what);
	}
	return mkr_failx(err, -ENOEXEC, "not an ELF file");
}

/* An integer field of the header in the file's byte order: needed before libelf can be asked. */
static uint64_t field(const unsigned char *p, size_t width, bool big)
{
	uint64_t v = 0;
	for (size_t i = 0; i < width; i++)
		v = v << 8 | p[big ? i : width - 1 - i];
	return v;
}

static void set_field(unsigned char *p, size_t width, bool big, uint64_t v)
{
	for (size_t i = 0; i < width; i++, v >>= 8)
		p[big ? width - 1 - i : i] = (unsigned char)v;
}

/* Where things stand in the header of each class. */
struct layout {
	size_t ehdr, phdr, off, e_phoff, e_shoff, e_phentsize, e_phnum, e_shnum;
};
static const struct layout layouts[] = {
	{ sizeof(Elf32_Ehdr), sizeof(Elf32_Phdr), 4, offsetof(Elf32_Ehdr, e_phoff),
		offsetof(Elf32_Ehdr, e_shoff), offsetof(Elf32_Ehdr, e_phentsize),
		offsetof(Elf32_Ehdr, e_phnum), offsetof(Elf32_Ehdr, e_shnum) },
	{ sizeof(Elf64_Ehdr), sizeof(Elf64_Phdr), 8, offsetof(Elf64_Ehdr, e_phoff),
		offsetof(Elf64_Ehdr, e_shoff), offsetof(Elf64_Ehdr, e_phentsize),
		offsetof(Elf64_Ehdr, e_phnum), offsetof(Elf64_Ehdr, e_shnum) },
};

static const struct layout *layout_of(const struct reader *r)
{
	return &layouts[r->elf->bits == 64];
}

/* An image for libelf: the header, saying that program headers and sections are what follows it
 * (`n_phdr`) or absent, then room for `n` bytes more. The caller frees it. */
static unsigned char *make_image(const struct reader *r, size_t n_phdr, size_t n)
{
	const struct layout *l = layout_of(r);
	/* elf_memory() wants its data aligned as in memory: both header sizes are multiples of 4, and
	 * the 64-bit one of 8. */
	unsigned char *image = malloc(l->ehdr + n);
	if (!image)
		out_of_memory();
	memcpy(image, r->file.head, l->ehdr);
	bool big = r->elf->big_endian;
	set_field(image + l->e_phoff, l->off, big, n_phdr ? l->ehdr : 0);
	set_field(image + l->e_phnum, 2, big, n_phdr);
	set_field(image + l->e_shoff, l->off, big, 0);
	memset(image + l->e_shnum, 0, 4); /* e_shnum, e_shstrndx */
	return image;
}

static int check_ident(struct reader *r)
{
	const unsigned char *id = r->file.head;
	if (r->file.n_head < SELFMAG || memcmp(id, ELFMAG, SELFMAG) != 0)
		return not_elf(&r->file, r->err);
	if (r->file.n_head < EI_NIDENT)
		return broken(r, -EBADMSG, "truncated in its ELF header");
	if (id[EI_CLASS] != ELFCLASS32 && id[EI_CLASS] != ELFCLASS64)
		return mkr_failx(r->err, -EBADMSG, "ELF class %u is unknown", id[EI_CLASS]);
	if (id[EI_DATA] != ELFDATA2LSB && id[EI_DATA] != ELFDATA2MSB)
		return mkr_failx(r->err, -EBADMSG, "ELF byte order %u is unknown", id[EI_DATA]);
	r->elf->bits = id[EI_CLASS] == ELFCLASS64 ? 64 : 32;
	r->elf->big_endian = id[EI_DATA] == ELFDATA2MSB;
	r->elf->osabi = id[EI_OSABI];
	r->elf->abi_version = id[EI_ABIVERSION];
	if (r->file.n_head < layout_of(r)->ehdr)
		return broken(r, -EBADMSG, "truncated in its ELF header");
	return 0;
}

/* glibc's open_verify() and _dl_map_object_from_fd() (elf/dl-load.c): what stops a start. Its own
 * words, so that both can be searched for. */
static const char *check_ident_bytes(const GElf_Ehdr *h)
{
	static const unsigned char pad[EI_NIDENT - EI_PAD];
	if (h->e_ident[EI_VERSION] != EV_CURRENT)
		return "ELF file version ident does not match current one";
	if (h->e_ident[EI_OSABI] != ELFOSABI_SYSV && h->e_ident[EI_OSABI] != ELFOSABI_GNU)
		return "ELF file OS ABI invalid";
	if (h->e_ident[EI_ABIVERSION] != 0 && h->e_ident[EI_OSABI] != ELFOSABI_GNU)
		return "ELF file ABI version invalid";
	if (memcmp(h->e_ident + EI_PAD, pad, sizeof(pad)) != 0)
		return "nonzero padding in e_ident";
	if (h->e_version != EV_CURRENT)
		return "ELF file version does not match current one";
	return NULL;
}

static const char *check_header(const struct reader *r, const GElf_Ehdr *h)
{
	if (h->e_type != ET_DYN && h->e_type != ET_EXEC)
		return "only ET_DYN and ET_EXEC can be loaded";
	if (h->e_phentsize != layout_of(r)->phdr)
		return "ELF file's phentsize not the expected size";
	return NULL;
}

/* Decodes the header and `n_phdr` program headers out of an image. */
static int decode_headers(struct reader *r, unsigned char *image, size_t size, size_t n_phdr)
{
	elf_version(EV_CURRENT);
	Elf *e = elf_memory((char *)image, size);
	GElf_Ehdr h;
	if (!e || !gelf_getehdr(e, &h)) {
		elf_end(e);
		return mkr_failx(r->err, -EBADMSG, "its ELF header is broken");
	}
	r->elf->type = h.e_type;
	r->elf->machine = h.e_machine;
	r->elf->flags = h.e_flags;
	r->elf->bad_ident = check_ident_bytes(&h);
	r->elf->malformed = check_header(r, &h);
	while (r->n_phdr < n_phdr && gelf_getphdr(e, (int)r->n_phdr, &r->phdr[r->n_phdr]))
		r->n_phdr++;
	elf_end(e);
	return 0;
}

static int read_headers(struct reader *r)
{
	const struct layout *l = layout_of(r);
	const unsigned char *head = r->file.head;
	bool big = r->elf->big_endian;
	uint64_t phoff = field(head + l->e_phoff, l->off, big);
	size_t phnum = (size_t)field(head + l->e_phnum, 2, big);
	const char *broken_at = NULL;
	if (field(head + l->e_phentsize, 2, big) != l->phdr)
		phnum = 0; /* refused, see check_header(): nothing behind it can be believed */
	if (phnum * l->phdr > PHDRS_MAX) {
		/* A count that is elsewhere (PN_XNUM) is over the kernel's limit by itself. */
		phnum = 0;
		broken_at = "over 64 KiB of program headers";
	}
	cleanup_free unsigned char *image = make_image(r, phnum, phnum * l->phdr);
	int code = file_read(&r->file, image + l->ehdr, phoff, phnum * l->phdr);
	if (code == -EBADMSG) {
		phnum = 0;
		broken_at = "truncated in its program headers";
		free(image);
		image = make_image(r, 0, 0);
	} else if (code < 0) {
		return mkr_fail(r->err, code, "cannot read its program headers");
	}
	r->phdr = calloc(phnum ? phnum : 1, sizeof(*r->phdr));
	if (!r->phdr)
		out_of_memory();
	code = decode_headers(r, image, l->ehdr + phnum * l->phdr, phnum);
	if (broken_at && !r->elf->malformed)
		r->elf->malformed = broken_at;
	return code;
}

/* Offset of a virtual address in the file, through PT_LOAD; the segment mapped last wins, as it does
 * in memory. False: no segment holds it. */
static bool offset_of(const struct reader *r, uint64_t vaddr, uint64_t *offset, uint64_t *left)
{
	for (size_t i = r->n_phdr; i-- > 0;) {
		const GElf_Phdr *p = &r->phdr[i];
		if (p->p_type != PT_LOAD || vaddr < p->p_vaddr || vaddr - p->p_vaddr >= p->p_filesz)
			continue;
		if (__builtin_add_overflow(p->p_offset, vaddr - p->p_vaddr, offset))
			return false;
		*left = p->p_filesz - (vaddr - p->p_vaddr);
		return true;
	}
	return false;
}

static int read_interp(struct reader *r, const GElf_Phdr *p)
{
	/* The kernel's own conditions (fs/binfmt_elf.c load_elf_binary()). */
	if (p->p_filesz < 2 || p->p_filesz > PATH_MAX)
		return mkr_failx(r->err, -EBADMSG, "PT_INTERP is %llu bytes long",
			(unsigned long long)p->p_filesz);
	char path[PATH_MAX];
	int code = file_read(&r->file, path, p->p_offset, (size_t)p->p_filesz);
	if (code < 0)
		return broken(r, code, "PT_INTERP lies outside the file");
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
	struct strtab s = { .file = &r->file, .size = d->strsz };
	uint64_t left;
	if (!d->has_strtab || !offset_of(r, d->strtab, &s.at, &left))
		return mkr_failx(r->err, -EBADMSG, "DT_STRTAB points outside the loaded segments");
	/* The loader knows no DT_STRSZ: a table without one reaches to its segment's end. */
	if (s.size == 0 || s.size > left)
		s.size = left;
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
		return mkr_failx(r->err, code, "a name in its dynamic section %s",
			code == -EFBIG ? "is over 64 KiB long" : "lies outside its string table");
	return code < 0 ? mkr_fail(r->err, code, "cannot read its dynamic strings") : 0;
}

/* The entries up to DT_NULL, decoded by libelf; *n of them, in memory that the caller frees. */
static int decode_dynamic(struct reader *r, uint64_t at, size_t size, GElf_Dyn **out, size_t *n)
{
	const struct layout *l = layout_of(r);
	size_t entry = r->elf->bits == 64 ? sizeof(Elf64_Dyn) : sizeof(Elf32_Dyn);
	*n = size / entry;
	unsigned char *image = make_image(r, 0, *n * entry);
	int code = file_read(&r->file, image + l->ehdr, at, *n * entry);
	if (code < 0) {
		free(image);
		return broken(r, code, "its dynamic section lies outside the file");
	}
	Elf *e = elf_memory((char *)image, l->ehdr + *n * entry);
	Elf_Data *data =
		e ? elf_getdata_rawchunk(e, (int64_t)l->ehdr, *n * entry, ELF_T_DYN) : NULL;
	GElf_Dyn *dyn = malloc((*n ? *n : 1) * sizeof(*dyn));
	if (!dyn)
		out_of_memory();
	size_t i = 0;
	while (data && i < *n && gelf_getdyn(data, (int)i, &dyn[i]) && dyn[i].d_tag != DT_NULL)
		i++;
	elf_end(e);
	free(image);
	*n = i;
	*out = dyn;
	return 0;
}

static int read_dynamic(struct reader *r, const GElf_Phdr *p)
{
	uint64_t at, left, size = p->p_filesz;
	/* The loader reads it where it is mapped, not where p_offset says it is. */
	if (!offset_of(r, p->p_vaddr, &at, &left))
		return mkr_failx(
			r->err, -EBADMSG, "its dynamic section lies outside the loaded segments");
	if (size > left)
		size = left;
	if (size > DYNAMIC_MAX)
		return mkr_failx(r->err, -EFBIG, "its dynamic section is over 1 MiB");
	cleanup_free GElf_Dyn *dyn = NULL;
	size_t n;
	int code = decode_dynamic(r, at, (size_t)size, &dyn, &n);
	if (code < 0)
		return code;
	r->elf->dynamic = true;
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
		if (p->p_align & (PAGE_MIN - 1))
			why = "ELF load command alignment not page-aligned";
		else if (p->p_align && ((p->p_vaddr - p->p_offset) & (p->p_align - 1)))
			why = "ELF load command address/offset not properly aligned";
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
	/* p_filesz 0: the debug half of a split file. */
	if (code == 0 && dynamic && dynamic->p_filesz)
		code = read_dynamic(r, dynamic);
	return code;
}

int mkr_elf_read(const struct mkr_elf **out, struct arena *arena, int fd, uint64_t size,
	struct mkr_error *err)
{
	struct reader r = { .arena = arena, .err = err };
	r.elf = arena_new_of(arena, struct mkr_elf);
	int code = file_open(&r.file, fd, size);
	if (code < 0)
		return broken(&r, code, code == -EBADMSG ? "it became shorter" : "cannot read it");
	code = check_ident(&r);
	if (code == 0)
		code = read_headers(&r);
	if (code == 0) {
		struct mkr_error inner = { 0 };
		r.err = &inner;
		code = read_segments(&r);
		if (code == -EBADMSG || code == -EFBIG) {
			/* Broken behind a good header: a fact that a loader may never get to see. */
			if (!r.elf->malformed)
				r.elf->malformed = arena_dup(arena, inner.text);
			code = 0;
		} else if (code < 0 && err) {
			*err = inner;
		}
	}
	free(r.phdr);
	if (code == 0)
		*out = r.elf;
	return code;
}
