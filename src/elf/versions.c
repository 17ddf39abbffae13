/* Symbol versions (DT_VERNEED, DT_VERDEF), as glibc's elf/dl-version.c follows them: records of any
 * number, each saying how far the next one is; DT_VERNEEDNUM and DT_VERDEFNUM are not looked at.
 *
 * libelf's conversion of these two types runs along the same chains without a limit on how often
 * they cross, so that a megabyte can keep it busy for hours: they are decoded here. */
#include "elf/detail.h"

#include "base/vec.h"
#include "elf/strtab.h"

#include <elf.h>
#include <errno.h>

enum {
	RECORDS_MAX = 4096, /* libc.so.6 has 60, the largest C++ library a few hundred */
	WINDOW = 4096,
	RECORD_MAX = 20, /* the longest: Verdef. All four are the same for both classes */
};

struct table {
	const struct reader *r;
	uint64_t at, size; /* in the file */
	uint64_t from; /* what the window holds */
	size_t n;
	unsigned char window[WINDOW];
};

/* The `n` bytes at `offset` of the table, in *out until the next call. */
static int look(struct table *t, uint64_t offset, size_t n, const unsigned char **out)
{
	if (offset > t->size || n > t->size - offset)
		return -EBADMSG;
	if (offset < t->from || offset - t->from > t->n || n > t->n - (offset - t->from)) {
		t->from = offset;
		t->n = t->size - offset < WINDOW ? (size_t)(t->size - offset) : WINDOW;
		int code = file_read(&t->r->file, t->window, t->at + offset, t->n);
		if (code == -EBADMSG && t->n > RECORD_MAX) {
			/* The segment says more than the file has. */
			t->n = n;
			code = file_read(&t->r->file, t->window, t->at + offset, n);
		}
		if (code < 0) {
			t->n = 0;
			return code;
		}
	}
	*out = t->window + (offset - t->from);
	return 0;
}

static uint32_t word(const struct table *t, const unsigned char *record, size_t at)
{
	return (uint32_t)field_get(record + at, 4, t->r->elf->big_endian);
}

static uint32_t half(const struct table *t, const unsigned char *record, size_t at)
{
	return (uint32_t)field_get(record + at, 2, t->r->elf->big_endian);
}

/* A name to be: offsets into the string table. */
struct found {
	uint32_t file, name;
	bool weak;
};

struct chain {
	VEC(struct found) at;
	const char *bad;
};

/* Elf_Vernaux: hash, flags, other, name, next. */
static int read_vernaux(struct table *t, uint64_t offset, uint32_t file, struct chain *c)
{
	for (;;) {
		const unsigned char *a;
		int code = look(t, offset, 16, &a);
		if (code < 0)
			return code;
		if (c->at.n == RECORDS_MAX)
			return -EFBIG;
		struct found f = { file, word(t, a, 8), half(t, a, 4) & VER_FLG_WEAK };
		vec_push(&c->at, f);
		uint32_t next = word(t, a, 12);
		if (!next)
			return 0;
		offset += next;
	}
}

/* Elf_Verneed: version, cnt, file, aux, next. */
static int read_verneed(struct table *t, struct chain *c)
{
	for (uint64_t offset = 0;;) {
		const unsigned char *n;
		int code = look(t, offset, 16, &n);
		if (code < 0)
			return code;
		if (half(t, n, 0) != VER_NEED_CURRENT) {
			c->bad = "unsupported version of Verneed record";
			return 0;
		}
		uint32_t next = word(t, n, 12);
		code = read_vernaux(t, offset + word(t, n, 8), word(t, n, 4), c);
		if (code < 0 || !next)
			return code;
		offset += next;
	}
}

/* Elf_Verdef: version, flags, ndx, cnt, hash, aux, next; the first Elf_Verdaux (name, next) is the
 * version's own name, further ones are those it inherits from. */
static int read_verdef(struct table *t, struct chain *c)
{
	for (uint64_t offset = 0;;) {
		const unsigned char *d;
		int code = look(t, offset, RECORD_MAX, &d);
		if (code < 0)
			return code;
		if (half(t, d, 0) != VER_DEF_CURRENT) {
			c->bad = "unsupported version of Verdef record";
			return 0;
		}
		if (c->at.n == RECORDS_MAX)
			return -EFBIG;
		uint32_t aux = word(t, d, 12), next = word(t, d, 16);
		code = look(t, offset + aux, 8, &d);
		if (code < 0)
			return code;
		vec_push(&c->at, ((struct found){ .name = word(t, d, 0) }));
		if (!next)
			return 0;
		offset += next;
	}
}

/* Runs along one table. Its trouble is in c->bad; the code is that of a failed read alone. */
static int read_chain(struct reader *r, uint64_t address, struct chain *c,
	int (*read)(struct table *t, struct chain *c))
{
	struct table t = { .r = r };
	if (!reader_offset_of(r, address, &t.at, &t.size)) {
		c->bad = "its symbol versions lie outside the loaded segments";
		return 0;
	}
	int code = read(&t, c);
	if (code == -EBADMSG)
		c->bad = "its symbol versions lead outside the file";
	else if (code == -EFBIG)
		c->bad = "it has more symbol versions than any library";
	else
		return code;
	return 0;
}

static void prefetch(struct strtab *s, const struct chain *c, bool files)
{
	uint64_t first = UINT64_MAX, last = 0;
	for (size_t i = 0; i < c->at.n; i++) {
		uint64_t low = c->at.at[i].name, high = low;
		if (files && c->at.at[i].file < low)
			low = c->at.at[i].file;
		if (files && c->at.at[i].file > high)
			high = c->at.at[i].file;
		first = low < first ? low : first;
		last = high > last ? high : last;
	}
	if (c->at.n)
		strtab_prefetch(s, first, last);
}

/* The records of one library follow each other: its name is copied once. */
static int name_needs(
	struct reader *r, struct strtab *s, const struct chain *c, struct mkr_elf_detail *d)
{
	struct mkr_version_need *needs = arena_array(r->arena, struct mkr_version_need, c->at.n);
	d->needs = needs;
	prefetch(s, c, true);
	for (size_t i = 0; i < c->at.n; i++) {
		const struct found *f = &c->at.at[i];
		struct mkr_version_need *n = &needs[i];
		n->weak = f->weak;
		int code = 0;
		if (i && f[-1].file == f->file)
			n->file = n[-1].file;
		else
			code = strtab_get(s, r->arena, f->file, &n->file);
		if (code == 0)
			code = strtab_get(s, r->arena, f->name, &n->version);
		if (code < 0)
			return code;
		d->n_needs++;
	}
	return 0;
}

static int name_defines(
	struct reader *r, struct strtab *s, const struct chain *c, struct mkr_elf_detail *d)
{
	const char **defines = arena_array(r->arena, const char *, c->at.n + 1);
	d->defines = defines;
	prefetch(s, c, false);
	for (size_t i = 0; i < c->at.n; i++) {
		int code = strtab_get(s, r->arena, c->at.at[i].name, &defines[i]);
		if (code < 0)
			return code;
	}
	return 0;
}

static int read_table(struct reader *r, struct strtab *s, uint64_t address,
	int (*read)(struct table *t, struct chain *c),
	int (*name)(
		struct reader *, struct strtab *, const struct chain *, struct mkr_elf_detail *),
	struct mkr_elf_detail *d)
{
	struct chain c = { 0 };
	int code = read_chain(r, address, &c, read);
	if (code == 0)
		code = name(r, s, &c, d);
	if (code == -EBADMSG || code == -EFBIG) {
		if (!c.bad)
			c.bad = "a name of its symbol versions lies outside its string table";
		code = 0;
	}
	if (c.bad)
		d->bad_versions = c.bad;
	vec_free(&c.at);
	return code;
}

int detail_versions(struct reader *r, const struct pointers *p, struct mkr_elf_detail *d)
{
	struct strtab s = { .size = p->strsz };
	d->has_needs = p->verneed != 0;
	d->has_defines = p->verdef != 0;
	if (!d->has_needs && !d->has_defines)
		return 0;
	if (!strtab_open(&s, r, p->strtab)) {
		d->bad_versions = "DT_STRTAB points outside the loaded segments";
		return 0;
	}
	int code = 0;
	if (d->has_needs)
		code = read_table(r, &s, p->verneed, read_verneed, name_needs, d);
	if (code == 0 && d->has_defines)
		code = read_table(r, &s, p->verdef, read_verdef, name_defines, d);
	strtab_done(&s);
	return code;
}
