/* elf/cache.c (add_to_cache, save_cache, write_extensions) and elf/stringtable.c, to the byte. */
#include "loader/ldcache_write.h"

#include "base/map.h"
#include "base/vec.h"
#include "loader/ldcache_format.h"

#include <string.h>

/* A string of the table, once. */
struct text {
	const char *p;
	size_t n, at; /* length; offset in the table */
	bool level; /* it names a glibc-hwcaps level ... */
	uint32_t index; /* ... which is this one */
	UT_hash_handle hh;
};

struct row {
	const struct ldcache_entry *entry;
	size_t number; /* its place among those given */
	struct text *name, *path, *level;
};

struct writer {
	struct arena *arena;
	bool big_endian;
	struct text *texts;
	struct row *rows;
	size_t n;
	VEC(struct text *) sorted, levels;
	size_t strings; /* size of the string table */
	char *out;
};

static struct text *add_text(struct writer *w, const char *p)
{
	struct text *t;
	size_t n = strlen(p);
	HASH_FIND(hh, w->texts, p, n, t);
	if (t)
		return t;
	t = arena_new_of(w->arena, struct text);
	t->p = p;
	t->n = n;
	HASH_ADD_KEYPTR(hh, w->texts, t->p, n, t);
	return t;
}

static int bit_count(uint64_t v)
{
	int n = 0;
	for (; v; v &= v - 1)
		n++;
	return n;
}

/* compare(): descending names, then descending ids, levels before plain entries. */
static int by_row(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	const struct ldcache_entry *e = x->entry, *f = y->entry;
	int order = ldcache_compare(f->name, e->name);
	if (order)
		return order;
	if (e->flags != f->flags)
		return e->flags < f->flags ? 1 : -1;
	if (e->level && f->level && (order = strcmp(e->level, f->level)))
		return order;
	if (!e->level != !f->level)
		return e->level ? -1 : 1;
	if (bit_count(e->hwcap) != bit_count(f->hwcap))
		return bit_count(f->hwcap) - bit_count(e->hwcap);
	if (e->hwcap != f->hwcap)
		return f->hwcap > e->hwcap ? 1 : -1;
	return x->number < y->number ? -1 : 1;
}

/* finalize_compare(): from their ends, descending, so that a string stands behind those it ends. */
static int by_end(const void *a, const void *b)
{
	const struct text *x = *(struct text *const *)a, *y = *(struct text *const *)b;
	size_t n = x->n < y->n ? x->n : y->n;
	for (size_t i = 1; i <= n; i++) {
		unsigned char c = (unsigned char)x->p[x->n - i], d = (unsigned char)y->p[y->n - i];
		if (c != d)
			return d - c;
	}
	return x->n == y->n ? 0 : x->n < y->n ? 1 : -1;
}

static int by_name(const void *a, const void *b)
{
	return strcmp((*(struct text *const *)a)->p, (*(struct text *const *)b)->p);
}

static void add_rows(struct writer *w, const struct ldcache_entry *entries, size_t n)
{
	w->rows = arena_array(w->arena, struct row, n);
	w->n = n;
	for (size_t i = 0; i < n; i++) {
		struct row *row = &w->rows[i];
		*row = (struct row){ .entry = &entries[i], .number = i };
		row->name = add_text(w, entries[i].name);
		row->path = add_text(w, entries[i].path);
		if (entries[i].level) {
			row->level = add_text(w, entries[i].level);
			row->level->level = true;
		}
	}
	if (n)
		qsort(w->rows, n, sizeof(*w->rows), by_row);
}

/* stringtable_finalize(): a string that ends the one before it lies inside that one. */
static void lay_out_strings(struct writer *w)
{
	for (struct text *t = w->texts; t; t = t->hh.next) {
		vec_push(&w->sorted, t);
		if (t->level)
			vec_push(&w->levels, t);
	}
	if (!w->sorted.n)
		return;
	qsort(w->sorted.at, w->sorted.n, sizeof(*w->sorted.at), by_end);
	for (size_t i = 1; i < w->sorted.n; i++) {
		const struct text *last = w->sorted.at[i - 1];
		struct text *t = w->sorted.at[i];
		bool inside = last->n >= t->n && memcmp(last->p + last->n - t->n, t->p, t->n) == 0;
		t->at = last->at + last->n + (inside ? 0 : 1);
		if (inside)
			t->at -= t->n;
	}
	const struct text *last = w->sorted.at[w->sorted.n - 1];
	w->strings = last->at + last->n + 1;
	if (w->levels.n)
		qsort(w->levels.at, w->levels.n, sizeof(*w->levels.at), by_name);
	for (size_t i = 0; i < w->levels.n; i++)
		w->levels.at[i]->index = (uint32_t)i;
}

static void put(struct writer *w, size_t at, uint64_t value)
{
	for (unsigned i = 0; i < 4; i++)
		w->out[at + (w->big_endian ? 3 - i : i)] = (char)(value >> 8 * i & 0xff);
}

static void put_entries(struct writer *w, size_t strings)
{
	for (size_t i = 0; i < w->n; i++) {
		const struct row *row = &w->rows[i];
		size_t at = NEW_HEADER + i * NEW_ENTRY;
		uint64_t hwcap = row->entry->hwcap;
		if (row->level)
			hwcap = (uint64_t)(HWCAP_EXTENSION | (row->entry->isa & HWCAP_ISA_MASK))
					<< 32 |
				row->level->index;
		put(w, at + ENTRY_FLAGS, row->entry->flags);
		put(w, at + ENTRY_KEY, strings + row->name->at);
		put(w, at + ENTRY_VALUE, strings + row->path->at);
		put(w, at + ENTRY_HWCAP, w->big_endian ? hwcap >> 32 : hwcap);
		put(w, at + ENTRY_HWCAP + 4, w->big_endian ? hwcap : hwcap >> 32);
	}
	for (size_t i = 0; i < w->sorted.n; i++) {
		const struct text *t = w->sorted.at[i];
		memcpy(w->out + strings + t->at, t->p, t->n + 1);
	}
}

static void put_section(struct writer *w, size_t at, uint32_t tag, size_t offset, size_t size)
{
	put(w, at + SECTION_TAG, tag);
	put(w, at + SECTION_OFFSET, offset);
	put(w, at + SECTION_SIZE, size);
}

/* The extension at `at`: header, sections, then what these hold. */
static void put_extension(struct writer *w, size_t at, size_t strings, const char *generator)
{
	size_t n = (generator ? 1 : 0) + (w->levels.n ? 1 : 0);
	size_t section = at + EXTENSION_HEADER, levels = section + n * SECTION;
	size_t tail = levels + w->levels.n * 4;
	put(w, at, EXTENSION_MAGIC);
	put(w, at + 4, n);
	if (generator) {
		put_section(w, section, TAG_GENERATOR, tail, strlen(generator));
		memcpy(w->out + tail, generator, strlen(generator));
		section += SECTION;
	}
	if (w->levels.n)
		put_section(w, section, TAG_GLIBC_HWCAPS, levels, w->levels.n * 4);
	for (size_t i = 0; i < w->levels.n; i++)
		put(w, levels + i * 4, strings + w->levels.at[i]->at);
}

char *ldcache_write(struct arena *a, const struct ldcache_entry *entries, size_t n, bool big_endian,
	const char *generator, size_t *ret_size)
{
	struct writer w = { .arena = a, .big_endian = big_endian };
	add_rows(&w, entries, n);
	lay_out_strings(&w);
	HASH_CLEAR(hh, w.texts);
	size_t strings = NEW_HEADER + n * NEW_ENTRY;
	size_t end = strings + w.strings, extension = (end + 3) / 4 * 4;
	size_t size = end;
	if (generator || w.levels.n)
		size = extension + EXTENSION_HEADER +
			(generator ? SECTION + strlen(generator) : 0) +
			(w.levels.n ? SECTION + w.levels.n * 4 : 0);
	if (size <= INT32_MAX) {
		w.out = arena_alloc(a, size + 1);
		memcpy(w.out, NEW_MAGIC, sizeof(NEW_MAGIC) - 1);
		put(&w, NEW_NLIBS, n);
		put(&w, NEW_LEN_STRINGS, w.strings);
		w.out[NEW_FLAGS] = big_endian ? ENDIAN_BIG : ENDIAN_LITTLE;
		put_entries(&w, strings);
	}
	if (w.out && size > end) {
		put(&w, NEW_EXTENSION, extension);
		put_extension(&w, extension, strings, generator);
	}
	vec_free(&w.sorted);
	vec_free(&w.levels);
	*ret_size = size;
	return w.out;
}
