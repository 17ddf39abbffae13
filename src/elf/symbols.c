/* The names a file imports: undefined symbols of DT_SYMTAB.
 *
 * Nothing in the dynamic section says how many symbols there are. DT_HASH has a chain link for
 * each; DT_GNU_HASH chains only what is defined, but the last of these is the last symbol; and
 * where it chains nothing (a program that exports nothing), the table ends where the next one
 * begins. */
#include "elf/detail.h"

#include "base/cleanup.h"
#include "base/vec.h"
#include "elf/strtab.h"

#include <elf.h>
#include <errno.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>

enum {
	SYMBOLS_MAX = 1024 * 1024, /* a Chromium exports a tenth of that */
	IMPORTS_MAX = 256 * 1024,
	BLOCK = 16 * 1024, /* bytes read at once */
};

static int read_words(struct reader *r, uint64_t address, uint64_t index, uint32_t *out, size_t n)
{
	uint64_t at, left;
	unsigned char bytes[16];
	if (!reader_offset_of(r, address, &at, &left) || index > left / 4 || n > left / 4 - index)
		return -EBADMSG;
	int code = file_read(&r->file, bytes, at + 4 * index, 4 * n);
	for (size_t i = 0; code == 0 && i < n; i++)
		out[i] = (uint32_t)field_get(bytes + 4 * i, 4, r->elf->big_endian);
	return code;
}

/* Looks at one word; true: that was the last one wanted. */
typedef bool word_fn(uint32_t value, uint64_t index, uint64_t *result);

static bool is_bigger(uint32_t value, uint64_t index, uint64_t *result)
{
	(void)index;
	if (value > *result)
		*result = value;
	return false;
}

static bool is_end_of_chain(uint32_t value, uint64_t index, uint64_t *result)
{
	*result = index;
	return value & 1;
}

/* Calls `each` for the `n` words behind `index` until it says stop; in blocks. */
static int each_word(struct reader *r, uint64_t address, uint64_t index, uint64_t n, word_fn *each,
	uint64_t *result)
{
	uint64_t at, left;
	if (!reader_offset_of(r, address, &at, &left) || index > left / 4)
		return -EBADMSG;
	if (n > left / 4 - index)
		n = left / 4 - index;
	cleanup_free unsigned char *block = malloc(BLOCK);
	if (!block)
		out_of_memory();
	for (uint64_t i = 0; i < n;) {
		uint64_t some = n - i < BLOCK / 4 ? n - i : BLOCK / 4;
		uint64_t from = at + 4 * (index + i);
		if (from >= r->file.size)
			return -EBADMSG;
		if (some > (r->file.size - from) / 4)
			some = (r->file.size - from) / 4;
		int code = some ? file_read(&r->file, block, from, (size_t)(4 * some)) : -EBADMSG;
		if (code < 0)
			return code;
		for (uint64_t j = 0; j < some; j++, i++) {
			uint32_t v = (uint32_t)field_get(block + 4 * j, 4, r->elf->big_endian);
			if (each(v, i, result))
				return 0;
		}
	}
	return 0;
}

/* nbuckets, symoffset, bloom_size, bloom_shift; bloom words of the class; buckets; chains. */
static int count_gnu_hash(struct reader *r, uint64_t address, uint64_t *count)
{
	uint32_t head[3];
	int code = read_words(r, address, 0, head, 3);
	if (code < 0)
		return code;
	uint64_t buckets = 4 + (uint64_t)head[2] * (r->elf->bits / 32), chains = buckets + head[0];
	uint64_t last = 0, length = 0;
	code = each_word(r, address, buckets, head[0], is_bigger, &last);
	if (code < 0 || last < head[1] || last >= SYMBOLS_MAX)
		return code;
	code = each_word(r, address, chains + (last - head[1]), SYMBOLS_MAX - last, is_end_of_chain,
		&length);
	*count = last + length + 1;
	return code;
}

static uint64_t entry_size(const struct reader *r)
{
	return r->elf->bits == 64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
}

/* *count 0: nothing says. */
static int count_symbols(struct reader *r, const struct pointers *p, uint64_t *count)
{
	*count = 0;
	int code = 0;
	if (p->hash) {
		uint32_t head[2] = { 0 };
		/* Alpha and s390x have DT_HASH tables of 64-bit words. */
		bool wide = r->elf->bits == 64 &&
			(r->elf->machine == EM_S390 || r->elf->machine == EM_ALPHA);
		code = read_words(r, p->hash, wide ? 2 : 1, head, wide ? 2 : 1);
		*count = wide ? head[r->elf->big_endian] : head[0];
	}
	if (code == 0 && *count == 0 && p->gnu_hash)
		code = count_gnu_hash(r, p->gnu_hash, count);
	if (code == 0 && *count == 0 && p->behind_symtab)
		*count = (p->behind_symtab - p->symtab) / entry_size(r);
	return code;
}

struct imports {
	VEC(uint32_t) names; /* offsets into the string table */
};

static void take_undefined(const GElf_Sym *s, struct imports *m)
{
	unsigned bind = GELF_ST_BIND(s->st_info);
	if (s->st_shndx == SHN_UNDEF && s->st_name && (bind == STB_GLOBAL || bind == STB_WEAK))
		vec_push(&m->names, s->st_name);
}

/* `n` symbols that stand at `at` in the file. */
static int read_block(struct reader *r, uint64_t at, size_t n, struct imports *m)
{
	size_t ehdr = layout_of(r)->ehdr, size = n * (size_t)entry_size(r);
	cleanup_free unsigned char *image = reader_image(r, 0, size);
	int code = file_read(&r->file, image + ehdr, at, size);
	if (code < 0)
		return code;
	Elf *e = elf_memory((char *)image, ehdr + size);
	Elf_Data *data = e ? elf_getdata_rawchunk(e, (int64_t)ehdr, size, ELF_T_SYM) : NULL;
	GElf_Sym s;
	for (size_t i = 0; data && i < n && gelf_getsym(data, (int)i, &s); i++)
		take_undefined(&s, m);
	elf_end(e);
	return 0;
}

static int read_symbols(struct reader *r, const struct pointers *p, struct imports *m)
{
	uint64_t at, left, count, entry = entry_size(r);
	int code = count_symbols(r, p, &count);
	if (code < 0)
		return code;
	if (!reader_offset_of(r, p->symtab, &at, &left))
		return -EBADMSG;
	if (count > SYMBOLS_MAX)
		return -EFBIG;
	if (count > left / entry)
		count = left / entry;
	elf_version(EV_CURRENT);
	for (uint64_t i = 0; i < count && code == 0;) {
		uint64_t some = count - i < BLOCK / entry ? count - i : BLOCK / entry;
		code = read_block(r, at + i * entry, (size_t)some, m);
		i += some;
		if (m->names.n > IMPORTS_MAX)
			return -EFBIG;
	}
	return code;
}

static int by_offset(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names in the order of the string table, so that it is read once, from front to back. */
static int read_names(
	struct reader *r, const struct pointers *p, struct imports *m, struct mkr_elf_detail *d)
{
	struct strtab s = { .size = p->strsz };
	size_t n = m->names.n;
	if (n == 0)
		return 0;
	if (!strtab_open(&s, r, p->strtab))
		return -EBADMSG;
	const char **imports = arena_array(r->arena, const char *, n + 1);
	d->imports = imports;
	qsort(m->names.at, n, sizeof(*m->names.at), by_offset);
	int code = 0;
	for (size_t i = 0, behind = 0; i < n && code == 0; i++) {
		if (i >= behind) {
			/* A window for as many as fit into one. */
			for (behind = i + 1;
				behind < n && strtab_near(m->names.at[i], m->names.at[behind]);)
				behind++;
			strtab_prefetch(&s, m->names.at[i], m->names.at[behind - 1]);
		}
		if (i && m->names.at[i] == m->names.at[i - 1])
			continue;
		code = strtab_get(&s, r->arena, m->names.at[i], &imports[d->n_imports]);
		d->n_imports += code == 0;
	}
	strtab_done(&s);
	qsort(imports, d->n_imports, sizeof(*imports), by_text);
	return code;
}

int detail_imports(struct reader *r, const struct pointers *p, struct mkr_elf_detail *d)
{
	struct imports m = { 0 };
	if (!p->symtab)
		return 0;
	int code = read_symbols(r, p, &m);
	if (code == 0)
		code = read_names(r, p, &m, d);
	vec_free(&m.names);
	if (code == -EBADMSG || code == -EFBIG) {
		d->bad_imports = code == -EFBIG ? "it has more symbols than any program"
						: "its symbols lead outside the file";
		return 0;
	}
	return code < 0 ? reader_fail(r, code, "cannot read its symbols") : 0;
}
