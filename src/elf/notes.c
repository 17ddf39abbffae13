/* Notes: GNU properties, the ABI tag, the build id, .note.dlopen. Segments alone, no sections. */
#include "elf/detail.h"

#include "base/cleanup.h"

#include <elf.h>
#include <errno.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>

#ifndef PT_GNU_PROPERTY
#define PT_GNU_PROPERTY 0x6474e553
#endif

enum {
	NOTES_MAX = 1024 * 1024, /* bytes, of all segments together */
	BUILD_ID_MAX = 64,
	DLOPEN_TYPE = 0x407c0c0a, /* UAPI.12 */
	X86_ISA_1_USED = 0xc0010002,
	X86_ISA_1_NEEDED = 0xc0008002, /* x86-64 psABI, "Program Property" */
};

struct note {
	uint32_t type;
	const char *owner;
	const unsigned char *desc;
	size_t size;
};

static bool owned_by(const struct note *n, const char *owner)
{
	return strcmp(n->owner, owner) == 0;
}

/* glibc's sysdeps/x86/dl-prop.h: types ascend, what is wrong ends the list. */
static void read_properties(const struct reader *r, const struct note *n, struct mkr_elf_detail *d)
{
	size_t align = r->elf->bits / 8;
	bool big = r->elf->big_endian;
	uint32_t last = 0;
	for (size_t at = 0; n->size - at >= 8;) {
		uint32_t type = (uint32_t)field_get(n->desc + at, 4, big);
		size_t size = (size_t)field_get(n->desc + at + 4, 4, big);
		at += 8;
		if (type < last || size > n->size - at)
			return;
		last = type;
		if (size == 4 && type == X86_ISA_1_NEEDED)
			d->x86_isa_needed = (uint32_t)field_get(n->desc + at, 4, big);
		if (size == 4 && type == X86_ISA_1_USED)
			d->x86_isa_used = (uint32_t)field_get(n->desc + at, 4, big);
		size = (size + align - 1) & ~(align - 1);
		if (size > n->size - at)
			return;
		at += size;
	}
}

static void read_abi_tag(const struct reader *r, const struct note *n, struct mkr_elf_detail *d)
{
	bool big = r->elf->big_endian;
	if (n->size < 16)
		return;
	d->has_abi_tag = true;
	d->abi_os = (uint32_t)field_get(n->desc, 4, big);
	for (size_t i = 0; i < 3; i++)
		d->abi_version[i] = (uint32_t)field_get(n->desc + 4 + 4 * i, 4, big);
}

static void read_build_id(const struct reader *r, const struct note *n, struct mkr_elf_detail *d)
{
	if (d->build_id || n->size == 0 || n->size > BUILD_ID_MAX)
		return;
	unsigned char *id = arena_alloc(r->arena, n->size);
	memcpy(id, n->desc, n->size);
	d->build_id = id;
	d->build_id_size = n->size;
}

static bool is_x86(const struct reader *r)
{
	return r->elf->machine == EM_X86_64 || r->elf->machine == EM_386;
}

static void read_note(
	const struct reader *r, const GElf_Phdr *p, const struct note *n, struct mkr_elf_detail *d)
{
	if (owned_by(n, "GNU") && n->type == NT_GNU_PROPERTY_TYPE_0) {
		/* A note with the wrong alignment does not count, nor does a second list. */
		if (is_x86(r) && p->p_align == r->elf->bits / 8 && !d->x86_isa_needed)
			read_properties(r, n, d);
	} else if (p->p_type == PT_GNU_PROPERTY) {
		return; /* a part of a PT_NOTE */
	} else if (owned_by(n, "GNU") && n->type == NT_GNU_ABI_TAG) {
		read_abi_tag(r, n, d);
	} else if (owned_by(n, "GNU") && n->type == NT_GNU_BUILD_ID) {
		read_build_id(r, n, d);
	} else if (owned_by(n, "FDO") && n->type == DLOPEN_TYPE) {
		const char *bad = detail_dlopen(r->arena, (const char *)n->desc, n->size, d);
		if (bad)
			d->bad_notes = bad;
	}
}

static void walk_notes(
	const struct reader *r, const GElf_Phdr *p, Elf_Data *data, struct mkr_elf_detail *d)
{
	const unsigned char *bytes = data->d_buf;
	size_t offset = 0, name, desc;
	GElf_Nhdr h;
	for (;;) {
		size_t next = gelf_getnote(data, offset, &h, &name, &desc);
		if (next <= offset)
			return;
		offset = next;
		/* All owners here are of three letters and a NUL. */
		if (h.n_namesz != 4 || bytes[name + 3] != '\0')
			continue;
		struct note n = { h.n_type, (const char *)bytes + name, bytes + desc, h.n_descsz };
		read_note(r, p, &n, d);
	}
}

static int read_segment(struct reader *r, const GElf_Phdr *p, struct mkr_elf_detail *d)
{
	size_t ehdr = layout_of(r)->ehdr, n = (size_t)p->p_filesz;
	cleanup_free unsigned char *image = reader_image(r, 0, n);
	int code = file_read(&r->file, image + ehdr, p->p_offset, n);
	if (code == -EBADMSG) {
		d->bad_notes = "its notes lie outside the file";
		return 0;
	}
	if (code < 0)
		return reader_fail(r, code, "cannot read its notes");
	elf_version(EV_CURRENT);
	Elf *e = elf_memory((char *)image, ehdr + n);
	Elf_Data *data = e ? elf_getdata_rawchunk(e, (int64_t)ehdr, n,
				     p->p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR)
			   : NULL;
	if (data)
		walk_notes(r, p, data, d);
	elf_end(e);
	return 0;
}

int detail_notes(struct reader *r, struct mkr_elf_detail *d)
{
	uint64_t left = NOTES_MAX;
	for (size_t i = 0; i < r->n_phdr; i++) {
		const GElf_Phdr *p = &r->phdr[i];
		if ((p->p_type != PT_NOTE && p->p_type != PT_GNU_PROPERTY) || !p->p_filesz)
			continue;
		if (p->p_filesz > left) {
			d->bad_notes = "it has over 1 MiB of notes";
			return 0;
		}
		left -= p->p_filesz;
		int code = read_segment(r, p, d);
		if (code < 0)
			return code;
	}
	return 0;
}
