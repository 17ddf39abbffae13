#include "object.h"

#include <elf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { SEGMENTS = 6, PAGE = 4096, EXEC_BASE = 0x400000 };

struct entry {
	uint64_t tag, value;
	bool is_address;
};

struct object {
	struct arena *arena;
	const struct abi *abi;
	bool wide, big, no_load, no_dynamic, empty_dynamic, has_flags_1;
	unsigned char ident[EI_NIDENT];
	uint64_t type, machine, version, flags, phentsize, flags_1, cut, align;
	uint64_t isa;
	const char *interp;
	VEC(struct entry) dynamic;
	VEC(char) strings;
};

/* ------------------------------------------------------------ words */

static uint64_t number(const char *text)
{
	return strtoull(text, NULL, 0);
}

static uint64_t add_string(struct object *o, const char *text)
{
	uint64_t at = o->strings.n;
	do
		vec_push(&o->strings, *text);
	while (*text++);
	return at;
}

static bool set_entry(struct object *o, const struct word *w)
{
	static const struct {
		const char *key;
		uint64_t tag;
	} tags[] = { { "needed", DT_NEEDED }, { "soname", DT_SONAME }, { "rpath", DT_RPATH },
		{ "runpath", DT_RUNPATH }, { "aux", DT_AUXILIARY }, { "filter", DT_FILTER },
		{ "audit", DT_AUDIT }, { "null", DT_NULL } };
	for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++) {
		if (strcmp(w->key, tags[i].key) != 0)
			continue;
		struct entry e = { .tag = tags[i].tag };
		if (e.tag != DT_NULL)
			e.value = add_string(o, w->value);
		vec_push(&o->dynamic, e);
		return true;
	}
	return false;
}

/* DT_FLAGS_1 bits, and what is a switch. */
static bool set_switch(struct object *o, const char *key)
{
	if (strcmp(key, "interp") == 0)
		o->interp = o->abi->interp;
	else if (strcmp(key, "nodeflib") == 0)
		o->flags_1 |= DF_1_NODEFLIB;
	else if (strcmp(key, "pie") == 0)
		o->flags_1 |= DF_1_PIE;
	else if (strcmp(key, "big") == 0)
		o->big = true;
	else if (strcmp(key, "noload") == 0)
		o->no_load = true;
	else if (strcmp(key, "nodynamic") == 0)
		o->no_dynamic = true;
	else if (strcmp(key, "emptydynamic") == 0)
		o->empty_dynamic = true;
	else if (strcmp(key, "pad") == 0)
		o->ident[EI_PAD + 3] = 1;
	else if (strcmp(key, "exec") == 0)
		o->type = ET_EXEC;
	else if (strcmp(key, "rel") == 0)
		o->type = ET_REL;
	else if (strcmp(key, "core") == 0)
		o->type = ET_CORE;
	else if (strcmp(key, "lib") == 0)
		; /* nothing special */
	else
		return false;
	return true;
}

static bool set_number(struct object *o, const struct word *w)
{
	const struct {
		const char *key;
		uint64_t *to;
	} fields[] = { { "machine", &o->machine }, { "flags", &o->flags }, { "cut", &o->cut },
		{ "phentsize", &o->phentsize }, { "version", &o->version }, { "type", &o->type },
		{ "align", &o->align }, { "isa", &o->isa } };
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		if (strcmp(w->key, fields[i].key) == 0) {
			*fields[i].to = number(w->value);
			return true;
		}
	}
	if (strcmp(w->key, "osabi") == 0)
		o->ident[EI_OSABI] = (unsigned char)number(w->value);
	else if (strcmp(w->key, "abiversion") == 0)
		o->ident[EI_ABIVERSION] = (unsigned char)number(w->value);
	else if (strcmp(w->key, "identversion") == 0)
		o->ident[EI_VERSION] = (unsigned char)number(w->value);
	else if (strcmp(w->key, "magic") == 0)
		o->ident[EI_MAG3] = (unsigned char)number(w->value);
	else if (strcmp(w->key, "class") == 0)
		o->wide = number(w->value) == 64;
	else
		return false;
	return true;
}

static bool set_word(struct object *o, const struct word *w)
{
	if (*w->value && strcmp(w->key, "interp") == 0) {
		o->interp = w->value;
		return true;
	}
	return set_entry(o, w) || (*w->value ? set_number(o, w) : set_switch(o, w->key));
}

/* ------------------------------------------------------------ bytes */

struct bytes {
	unsigned char *at;
	size_t n;
	bool big, wide;
};

static void put(struct bytes *b, size_t width, uint64_t v)
{
	for (size_t i = 0; i < width; i++)
		b->at[b->n + (b->big ? width - 1 - i : i)] = (unsigned char)(v >> 8 * i);
	b->n += width;
}

static void put_word(struct bytes *b, uint64_t v)
{
	put(b, b->wide ? 8 : 4, v);
}

struct segment {
	uint32_t type, flags;
	uint64_t at, size, align;
};

static void put_segment(struct bytes *b, const struct segment *s, uint64_t base)
{
	put(b, 4, s->type);
	if (b->wide)
		put(b, 4, s->flags);
	put_word(b, s->at);
	put_word(b, base + s->at);
	put_word(b, base + s->at);
	put_word(b, s->size);
	put_word(b, s->size);
	if (!b->wide)
		put(b, 4, s->flags);
	put_word(b, s->align);
}

static void put_header(struct bytes *b, const struct object *o, size_t ehdr, size_t phdr, size_t n)
{
	memcpy(b->at, o->ident, EI_NIDENT);
	b->n = EI_NIDENT;
	put(b, 2, o->type);
	put(b, 2, o->machine);
	put(b, 4, o->version);
	put_word(b, 0);
	put_word(b, ehdr);
	put_word(b, 0);
	put(b, 4, o->flags);
	put(b, 2, ehdr);
	put(b, 2, o->phentsize ? o->phentsize : phdr);
	put(b, 2, n);
	put(b, 2, 0);
	put(b, 2, 0);
	put(b, 2, 0);
}

/* DT_HASH and DT_SYMTAB of nothing: musl looks into them without asking whether they are there. */
static void put_symbols(struct bytes *b)
{
	const uint32_t hash[] = { 1, 1, 0, 0 };
	for (size_t i = 0; i < 4; i++)
		put(b, 4, hash[i]);
}

/* .note.gnu.property with GNU_PROPERTY_X86_ISA_1_NEEDED. */
static size_t put_isa(struct bytes *b, const struct object *o)
{
	size_t start = b->n;
	if (!o->isa)
		return 0;
	put(b, 4, 4);
	put(b, 4, 16);
	put(b, 4, 5); /* NT_GNU_PROPERTY_TYPE_0 */
	memcpy(b->at + b->n, "GNU", 4);
	b->n += 4;
	put(b, 4, 0xc0008002); /* GNU_PROPERTY_X86_ISA_1_NEEDED */
	put(b, 4, 4);
	put(b, 4, o->isa);
	put(b, 4, 0);
	return b->n - start;
}

static void put_dynamic(struct bytes *b, const struct object *o, uint64_t base)
{
	for (size_t i = 0; i < o->dynamic.n; i++) {
		const struct entry *e = &o->dynamic.at[i];
		put_word(b, e->tag);
		put_word(b, e->is_address ? base + e->value : e->value);
	}
}

static void finish_dynamic(struct object *o, uint64_t strings, uint64_t hash, uint64_t symbols)
{
	/* In front: what stands behind a DT_NULL does not exist. */
	struct entry table[] = { { DT_STRTAB, strings, true }, { DT_STRSZ, o->strings.n, false },
		{ DT_HASH, hash, true }, { DT_SYMTAB, symbols, true },
		{ DT_FLAGS_1, o->flags_1, false } };
	size_t n = o->flags_1 ? 5 : 4, old = o->dynamic.n;
	for (size_t i = 0; i < n; i++)
		vec_push(&o->dynamic, table[i]);
	memmove(o->dynamic.at + n, o->dynamic.at, old * sizeof(*o->dynamic.at));
	memcpy(o->dynamic.at, table, n * sizeof(*table));
	vec_push(&o->dynamic, ((struct entry){ DT_NULL, 0, false }));
}

static size_t round_up(size_t n, size_t to)
{
	return (n + to - 1) / to * to;
}

/* Header, program headers, interpreter, note, strings, dynamic section, all in one segment. */
static struct bytes write_all(struct object *o)
{
	size_t ehdr = o->wide ? 64 : 52, phdr = o->wide ? 56 : 32, word = o->wide ? 8 : 4;
	size_t at_interp = ehdr + SEGMENTS * phdr;
	size_t n_interp = o->interp ? strlen(o->interp) + 1 : 0;
	size_t at_note = round_up(at_interp + n_interp, 8), n_note = o->isa ? 32 : 0;
	size_t at_hash = at_note + n_note, at_symbols = at_hash + 16;
	size_t at_strings = at_symbols + 24;
	finish_dynamic(o, at_strings, at_hash, at_symbols);
	size_t at_dynamic = round_up(at_strings + o->strings.n, 8);
	size_t n_dynamic = o->dynamic.n * 2 * word, size = at_dynamic + n_dynamic;
	uint64_t base = o->type == ET_EXEC ? EXEC_BASE : 0;
	const struct segment all[] = {
		{ PT_PHDR, PF_R, ehdr, SEGMENTS * phdr, word },
		{ o->interp ? PT_INTERP : PT_NULL, PF_R, at_interp, n_interp, 1 },
		{ o->no_load ? PT_NULL : PT_LOAD, PF_R | PF_W, 0, size, o->align },
		{ o->isa ? PT_GNU_PROPERTY : PT_NULL, PF_R, at_note, n_note, 8 },
		{ o->no_dynamic ? PT_NULL : PT_DYNAMIC, PF_R | PF_W, at_dynamic,
			o->empty_dynamic ? 0 : n_dynamic, word },
		{ PT_GNU_STACK, PF_R | PF_W, 0, 0, 16 },
	};
	struct bytes b = {
		.at = arena_alloc(o->arena, size + PAGE), .big = o->big, .wide = o->wide
	};
	put_header(&b, o, ehdr, phdr, SEGMENTS);
	for (size_t i = 0; i < SEGMENTS; i++)
		put_segment(&b, &all[i], base);
	if (o->interp)
		memcpy(b.at + at_interp, o->interp, n_interp);
	b.n = at_note;
	put_isa(&b, o);
	b.n = at_hash;
	put_symbols(&b);
	memcpy(b.at + at_strings, o->strings.at, o->strings.n);
	b.n = at_dynamic;
	put_dynamic(&b, o, base);
	return b;
}

unsigned char *object_make(struct arena *a, const struct abi *abi, const struct word *words,
	size_t n_words, size_t *size, const char **bad)
{
	struct object o = { .arena = a, .abi = abi, .type = ET_DYN, .align = PAGE };
	static const unsigned char ident[EI_NIDENT] = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3 };
	memcpy(o.ident, ident, sizeof(ident));
	o.ident[EI_VERSION] = EV_CURRENT;
	o.wide = abi->bits == 64;
	o.machine = abi->machine;
	o.version = EV_CURRENT;
	*bad = NULL;
	add_string(&o, "");
	for (size_t i = 0; i < n_words && !*bad; i++)
		if (!set_word(&o, &words[i]))
			*bad = words[i].key;
	o.ident[EI_CLASS] = o.wide ? ELFCLASS64 : ELFCLASS32;
	o.ident[EI_DATA] = o.big ? ELFDATA2MSB : ELFDATA2LSB;
	struct bytes b = write_all(&o);
	*size = o.cut ? o.cut : b.n;
	vec_free(&o.dynamic);
	vec_free(&o.strings);
	return *bad ? NULL : b.at;
}
