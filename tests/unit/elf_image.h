/* Small ELF files for tests, of any class and byte order, from a description. */
#ifndef ELF_IMAGE_H
#define ELF_IMAGE_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct image_need {
	const char *file, *version;
	bool weak;
};

/* Lists end with a NULL; what is NULL or zero is not in the file. */
struct image_spec {
	bool narrow, big; /* 32 bits; big-endian */
	unsigned machine; /* 0: x86-64 */
	const char *interp, *soname, *runpath, *audit;
	const char *needed[8];
	struct image_need needs[16]; /* those of one file follow each other */
	const char *defines[8];
	const char *imports[8], *exports[8];
	bool sysv_hash; /* DT_HASH instead of DT_GNU_HASH */
	bool empty_hash; /* a DT_GNU_HASH that says nothing, as a linker writes it without exports
			  */
	bool executable;
	const char *dlopen[4]; /* JSON, a note each */
	uint32_t isa_needed;
	const char *build_id;
};

enum { IMAGE_MAX = 65536 };

struct image {
	unsigned char at[IMAGE_MAX];
	size_t used;
	bool wide, big;
	/* Where things are, for tests that break them. */
	size_t phdr, phentsize, n_phdr, dynamic, n_dynamic, verneed, verdef, symtab, strtab, hash,
		note, note_size;
	uint64_t tags[64][2];
};

static inline void image_put_at(struct image *m, size_t at, uint64_t value, unsigned n)
{
	if (at + n > IMAGE_MAX)
		abort();
	for (unsigned i = 0; i < n; i++)
		m->at[at + i] = (unsigned char)(value >> 8 * (m->big ? n - 1 - i : i));
	if (m->used < at + n)
		m->used = at + n;
}

static inline void image_put(struct image *m, uint64_t value, unsigned n)
{
	image_put_at(m, m->used, value, n);
}

static inline void image_word(struct image *m, uint64_t value)
{
	image_put(m, value, m->wide ? 8 : 4);
}

static inline void image_align(struct image *m, size_t to)
{
	while (m->used % to)
		image_put(m, 0, 1);
}

/* The offset of `text` in the string table; the tables are written when it is whole. */
static inline size_t image_string(struct image *m, const char *text)
{
	size_t n = strlen(text) + 1;
	for (size_t i = m->strtab; i + n <= m->used; i++)
		if (memcmp(m->at + i, text, n) == 0)
			return i - m->strtab;
	size_t at = m->used;
	if (at + n > IMAGE_MAX)
		abort();
	memcpy(m->at + at, text, n);
	m->used += n;
	return at - m->strtab;
}

static inline void image_tag(struct image *m, uint64_t tag, uint64_t value)
{
	m->tags[m->n_dynamic][0] = tag;
	m->tags[m->n_dynamic++][1] = value;
}

static inline void image_phdr(
	struct image *m, uint32_t type, uint64_t at, uint64_t size, uint64_t align)
{
	size_t p = m->phdr + m->n_phdr++ * m->phentsize;
	if (m->wide) {
		const uint64_t words[] = { at, at, at, size, size, align };
		image_put_at(m, p, type, 4);
		image_put_at(m, p + 4, PF_R | PF_W | PF_X, 4);
		for (size_t i = 0; i < 6; i++)
			image_put_at(m, p + 8 + 8 * i, words[i], 8);
	} else {
		const uint64_t words[] = { type, at, at, at, size, size, PF_R | PF_W | PF_X,
			align };
		for (size_t i = 0; i < 8; i++)
			image_put_at(m, p + 4 * i, words[i], 4);
	}
}

static inline uint32_t image_elf_hash(const char *name)
{
	uint32_t h = 0;
	for (; *name; name++) {
		h = (h << 4) + (unsigned char)*name;
		h ^= (h >> 24) & 0xf0;
	}
	return h & 0x0fffffff;
}

static inline void image_symbol(struct image *m, size_t name, bool defined)
{
	unsigned info = name ? STB_GLOBAL << 4 | STT_FUNC : 0;
	image_put(m, name, 4);
	if (!m->wide) {
		image_put(m, defined ? 64 : 0, 4);
		image_put(m, 0, 4);
	}
	image_put(m, info, 1), image_put(m, 0, 1);
	image_put(m, defined ? SHN_ABS : SHN_UNDEF, 2);
	if (m->wide) {
		image_put(m, defined ? 64 : 0, 8);
		image_put(m, 0, 8);
	}
}

static inline void image_symbols(struct image *m, const struct image_spec *s)
{
	size_t names[17] = { 0 }, n = 1, n_defined = 0;
	for (size_t i = 0; s->imports[i]; i++)
		names[n++] = image_string(m, s->imports[i]);
	size_t first = n;
	for (size_t i = 0; s->exports[i]; i++, n_defined++)
		names[n++] = image_string(m, s->exports[i]);
	image_align(m, 8);
	m->symtab = m->used;
	for (size_t i = 0; i < n; i++)
		image_symbol(m, names[i], i >= first);
	image_align(m, 8);
	m->hash = m->used;
	image_tag(m, DT_SYMTAB, m->symtab);
	if (s->sysv_hash) {
		/* One bucket, no chain: what is asked is the count. */
		image_tag(m, DT_HASH, m->hash);
		image_put(m, 1, 4), image_put(m, n, 4), image_put(m, 0, 4);
		for (size_t i = 0; i < n; i++)
			image_put(m, 0, 4);
		return;
	}
	image_tag(m, DT_GNU_HASH, m->hash);
	bool empty = s->empty_hash || n_defined == 0;
	image_put(m, 1, 4), image_put(m, empty ? 1 : first, 4), image_put(m, 1, 4);
	image_put(m, 0, 4), image_word(m, 0);
	image_put(m, empty ? 0 : first, 4);
	for (size_t i = 0; i < n_defined; i++)
		image_put(m, i + 1 == n_defined, 4);
}

static inline void image_versions(struct image *m, const struct image_spec *s)
{
	size_t file[16], version[16], define[8], n = 0, d = 0;
	for (; s->needs[n].file; n++) {
		file[n] = image_string(m, s->needs[n].file);
		version[n] = image_string(m, s->needs[n].version);
	}
	for (; s->defines[d]; d++)
		define[d] = image_string(m, s->defines[d]);
	image_align(m, 8);
	m->verneed = m->used;
	if (n)
		image_tag(m, DT_VERNEED, m->verneed);
	for (size_t i = 0, k; i < n; i = k) {
		for (k = i + 1; k < n && file[k] == file[i]; k++)
			;
		image_put(m, 1, 2), image_put(m, k - i, 2), image_put(m, file[i], 4);
		image_put(m, 16, 4), image_put(m, k < n ? 16 + 16 * (k - i) : 0, 4);
		for (size_t j = i; j < k; j++) {
			image_put(m, image_elf_hash(s->needs[j].version), 4);
			image_put(m, s->needs[j].weak ? 2 : 0, 2), image_put(m, j + 2, 2);
			image_put(m, version[j], 4), image_put(m, j + 1 < k ? 16 : 0, 4);
		}
	}
	m->verdef = m->used;
	if (d)
		image_tag(m, DT_VERDEF, m->verdef);
	for (size_t i = 0; i < d; i++) {
		image_put(m, 1, 2), image_put(m, i == 0, 2), image_put(m, i + 1, 2);
		image_put(m, 1, 2), image_put(m, image_elf_hash(s->defines[i]), 4);
		image_put(m, 20, 4), image_put(m, i + 1 < d ? 28 : 0, 4);
		image_put(m, define[i], 4), image_put(m, 0, 4);
	}
}

static inline void image_note(
	struct image *m, const char *owner, uint32_t type, const void *desc, size_t size)
{
	image_put(m, 4, 4), image_put(m, size, 4), image_put(m, type, 4);
	for (size_t i = 0; i < 4; i++)
		image_put(m, (unsigned char)owner[i], 1);
	for (size_t i = 0; i < size; i++)
		image_put(m, ((const unsigned char *)desc)[i], 1);
	image_align(m, 4);
}

static inline void image_notes(struct image *m, const struct image_spec *s)
{
	image_align(m, 8);
	size_t start = m->note = m->used;
	for (size_t i = 0; i < 4 && s->dlopen[i]; i++)
		image_note(m, "FDO", 0x407c0c0a, s->dlopen[i], strlen(s->dlopen[i]) + 1);
	if (s->build_id)
		image_note(m, "GNU", NT_GNU_BUILD_ID, s->build_id, strlen(s->build_id));
	m->note_size = m->used - start;
	if (m->note_size)
		image_phdr(m, PT_NOTE, start, m->note_size, 4);
	if (!s->isa_needed)
		return;
	image_align(m, 8);
	start = m->used;
	image_put(m, 4, 4), image_put(m, 16, 4), image_put(m, NT_GNU_PROPERTY_TYPE_0, 4);
	image_put(m, 'G', 1), image_put(m, 'N', 1), image_put(m, 'U', 1), image_put(m, 0, 1);
	image_put(m, 0xc0008002, 4), image_put(m, 4, 4), image_put(m, s->isa_needed, 4);
	image_put(m, 0, 4);
	image_phdr(m, PT_NOTE, start, m->used - start, m->wide ? 8 : 4);
}

static inline void image_header(struct image *m, const struct image_spec *s)
{
	size_t w = m->wide ? 8 : 4, tail = 24 + 3 * w;
	memcpy(m->at, ELFMAG, SELFMAG);
	m->at[EI_CLASS] = m->wide ? ELFCLASS64 : ELFCLASS32;
	m->at[EI_DATA] = m->big ? ELFDATA2MSB : ELFDATA2LSB;
	m->at[EI_VERSION] = EV_CURRENT;
	image_put_at(m, 16, ET_DYN, 2);
	image_put_at(m, 18, s->machine ? s->machine : EM_X86_64, 2);
	image_put_at(m, 20, EV_CURRENT, 4);
	image_put_at(m, 24 + w, m->phdr, (unsigned)w);
	image_put_at(m, tail + 4, m->wide ? 64 : 52, 2);
	image_put_at(m, tail + 6, m->phentsize, 2), image_put_at(m, tail + 8, m->n_phdr, 2);
	image_put_at(m, tail + 10, m->wide ? 64 : 40, 2);
}

static inline void image_make(struct image *m, const struct image_spec *s)
{
	memset(m, 0, sizeof(*m));
	m->wide = !s->narrow;
	m->big = s->big;
	m->phdr = m->wide ? 64 : 52;
	m->phentsize = m->wide ? 56 : 32;
	m->used = m->phdr + 6 * m->phentsize;
	if (s->interp) {
		size_t at = m->used, n = strlen(s->interp) + 1;
		for (size_t i = 0; i < n; i++)
			image_put(m, (unsigned char)s->interp[i], 1);
		image_phdr(m, PT_INTERP, at, n, 1);
	}
	m->strtab = m->used;
	image_put(m, 0, 1);
	for (size_t i = 0; s->needed[i]; i++)
		image_tag(m, DT_NEEDED, image_string(m, s->needed[i]));
	if (s->soname)
		image_tag(m, DT_SONAME, image_string(m, s->soname));
	if (s->runpath)
		image_tag(m, DT_RUNPATH, image_string(m, s->runpath));
	if (s->audit)
		image_tag(m, DT_AUDIT, image_string(m, s->audit));
	image_versions(m, s);
	image_symbols(m, s);
	image_tag(m, DT_STRTAB, m->strtab);
	image_tag(m, DT_STRSZ, m->used - m->strtab);
	image_tag(m, DT_NULL, 0);
	image_notes(m, s);
	image_align(m, 8);
	m->dynamic = m->used;
	for (size_t i = 0; i < m->n_dynamic; i++)
		image_word(m, m->tags[i][0]), image_word(m, m->tags[i][1]);
	image_phdr(m, PT_DYNAMIC, m->dynamic, m->used - m->dynamic, 8);
	image_phdr(m, PT_LOAD, 0, m->used, 0x1000);
	image_header(m, s);
}

/* Where the value of the dynamic entry `tag` stands. */
static inline size_t image_value_of(const struct image *m, uint64_t tag)
{
	size_t w = m->wide ? 8 : 4;
	for (size_t i = 0; i < m->n_dynamic; i++)
		if (m->tags[i][0] == tag)
			return m->dynamic + i * 2 * w + w;
	abort();
}

#endif
