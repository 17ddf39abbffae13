#include "elf/reader.h"

#include "base/cleanup.h"

#include <errno.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>

enum {
	PHDRS_MAX = 64 * 1024, /* bytes; the kernel's limit, fs/binfmt_elf.c load_elf_phdrs() */
	DYNAMIC_MAX = 1024 * 1024, /* bytes */
};

int reader_fail(struct reader *r, int code, const char *what)
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

uint64_t field_get(const unsigned char *p, size_t width, bool big)
{
	uint64_t v = 0;
	for (size_t i = 0; i < width; i++)
		v = v << 8 | p[big ? i : width - 1 - i];
	return v;
}

static void field_set(unsigned char *p, size_t width, bool big, uint64_t v)
{
	for (size_t i = 0; i < width; i++, v >>= 8)
		p[big ? width - 1 - i : i] = (unsigned char)v;
}

static const struct layout layouts[] = {
	{ sizeof(Elf32_Ehdr), sizeof(Elf32_Phdr), 4, offsetof(Elf32_Ehdr, e_phoff),
		offsetof(Elf32_Ehdr, e_shoff), offsetof(Elf32_Ehdr, e_phentsize),
		offsetof(Elf32_Ehdr, e_phnum), offsetof(Elf32_Ehdr, e_shnum) },
	{ sizeof(Elf64_Ehdr), sizeof(Elf64_Phdr), 8, offsetof(Elf64_Ehdr, e_phoff),
		offsetof(Elf64_Ehdr, e_shoff), offsetof(Elf64_Ehdr, e_phentsize),
		offsetof(Elf64_Ehdr, e_phnum), offsetof(Elf64_Ehdr, e_shnum) },
};

const struct layout *layout_of(const struct reader *r)
{
	return &layouts[r->elf->bits == 64];
}

unsigned char *reader_image(const struct reader *r, size_t n_phdr, size_t n)
{
	const struct layout *l = layout_of(r);
	/* elf_memory() wants its data aligned as in memory: both header sizes are multiples of 4,
	 * and the 64-bit one of 8. */
	unsigned char *image = malloc(l->ehdr + n);
	if (!image)
		out_of_memory();
	memcpy(image, r->file.head, l->ehdr);
	bool big = r->elf->big_endian;
	field_set(image + l->e_phoff, l->off, big, n_phdr ? l->ehdr : 0);
	field_set(image + l->e_phnum, 2, big, n_phdr);
	field_set(image + l->e_shoff, l->off, big, 0);
	memset(image + l->e_shnum, 0, 4); /* e_shnum, e_shstrndx */
	return image;
}

static int check_ident(struct reader *r)
{
	const unsigned char *id = r->file.head;
	if (r->file.n_head < SELFMAG || memcmp(id, ELFMAG, SELFMAG) != 0)
		return not_elf(&r->file, r->err);
	if (r->file.n_head < EI_NIDENT)
		return reader_fail(r, -EBADMSG, "truncated in its ELF header");
	if (id[EI_CLASS] != ELFCLASS32 && id[EI_CLASS] != ELFCLASS64)
		return mkr_failx(r->err, -EBADMSG, "ELF class %u is unknown", id[EI_CLASS]);
	if (id[EI_DATA] != ELFDATA2LSB && id[EI_DATA] != ELFDATA2MSB)
		return mkr_failx(r->err, -EBADMSG, "ELF byte order %u is unknown", id[EI_DATA]);
	r->elf->bits = id[EI_CLASS] == ELFCLASS64 ? 64 : 32;
	r->elf->big_endian = id[EI_DATA] == ELFDATA2MSB;
	r->elf->osabi = id[EI_OSABI];
	r->elf->abi_version = id[EI_ABIVERSION];
	if (r->file.n_head < layout_of(r)->ehdr)
		return reader_fail(r, -EBADMSG, "truncated in its ELF header");
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
	uint64_t phoff = field_get(head + l->e_phoff, l->off, big);
	size_t phnum = (size_t)field_get(head + l->e_phnum, 2, big);
	const char *broken_at = NULL;
	if (field_get(head + l->e_phentsize, 2, big) != l->phdr)
		phnum = 0; /* refused, see check_header(): nothing behind it can be believed */
	if (phnum * l->phdr > PHDRS_MAX) {
		/* A count that is elsewhere (PN_XNUM) is over the kernel's limit by itself. */
		phnum = 0;
		broken_at = "over 64 KiB of program headers";
	}
	cleanup_free unsigned char *image = reader_image(r, phnum, phnum * l->phdr);
	int code = file_read(&r->file, image + l->ehdr, phoff, phnum * l->phdr);
	if (code == -EBADMSG) {
		phnum = 0;
		broken_at = "truncated in its program headers";
		free(image);
		image = reader_image(r, 0, 0);
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

/* The segment mapped last wins, as it does in memory. */
bool reader_offset_of(const struct reader *r, uint64_t vaddr, uint64_t *offset, uint64_t *left)
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

/* The entries up to DT_NULL, decoded by libelf; *n of them, in memory that the caller frees. */
static int decode_dynamic(struct reader *r, uint64_t at, size_t size, GElf_Dyn **out, size_t *n)
{
	const struct layout *l = layout_of(r);
	size_t entry = r->elf->bits == 64 ? sizeof(Elf64_Dyn) : sizeof(Elf32_Dyn);
	*n = size / entry;
	unsigned char *image = reader_image(r, 0, *n * entry);
	int code = file_read(&r->file, image + l->ehdr, at, *n * entry);
	if (code < 0) {
		free(image);
		return reader_fail(r, code, "its dynamic section lies outside the file");
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

int reader_open(struct reader *r, int fd, uint64_t size)
{
	r->elf = arena_new_of(r->arena, struct mkr_elf);
	int code = file_open(&r->file, fd, size);
	if (code < 0)
		return reader_fail(
			r, code, code == -EBADMSG ? "it became shorter" : "cannot read it");
	code = check_ident(r);
	return code < 0 ? code : read_headers(r);
}

void reader_close(struct reader *r)
{
	free(r->phdr);
}

int reader_dynamic(struct reader *r, GElf_Dyn **out, size_t *n)
{
	const GElf_Phdr *p = NULL;
	*out = NULL;
	*n = 0;
	for (size_t i = 0; i < r->n_phdr; i++)
		if (r->phdr[i].p_type == PT_DYNAMIC)
			p = &r->phdr[i]; /* the loader takes the last */
	/* p_filesz 0: the debug half of a split file. */
	if (!p || !p->p_filesz)
		return 0;
	uint64_t at, left, size = p->p_filesz;
	/* It is read where it is mapped, not where p_offset says it is. */
	if (!reader_offset_of(r, p->p_vaddr, &at, &left))
		return mkr_failx(
			r->err, -EBADMSG, "its dynamic section lies outside the loaded segments");
	if (size > left)
		size = left;
	if (size > DYNAMIC_MAX)
		return mkr_failx(r->err, -EFBIG, "its dynamic section is over 1 MiB");
	int code = decode_dynamic(r, at, (size_t)size, out, n);
	r->elf->dynamic = code == 0;
	return code;
}
