#include "loader/ldcache.h"

#include "loader/ldcache_format.h"

#include <string.h>

static uint32_t u32(const struct ldcache *c, size_t at)
{
	const unsigned char *p = (const unsigned char *)c->data + at;
	return c->big_endian
		? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]
		: (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static uint64_t u64(const struct ldcache *c, size_t at)
{
	uint64_t a = u32(c, at), b = u32(c, at + 4);
	return c->big_endian ? a << 32 | b : b << 32 | a;
}

/* The string at `at`, which may end with the file; NULL: it begins outside. */
static const char *string_at(const struct ldcache *c, uint64_t at)
{
	return at < c->n ? c->data + at : NULL;
}

static bool fits(const struct ldcache *c, uint64_t at, uint64_t count, size_t size)
{
	return at <= c->n && count <= (c->n - at) / size;
}

/* The names of the glibc-hwcaps levels (cache_extension_load()). One section that is wrong voids
 * the whole extension: entries with a level are passed over then. Unlike those of the entries,
 * offsets count from the start of the file, also where the old format stands in front; ldconfig
 * counts the names' from the new header, so that beside the old format no level is ever found. */
static void open_extension(struct ldcache *c, size_t header)
{
	uint32_t at = u32(c, header + NEW_EXTENSION);
	if (at == 0 || at % 4 != 0 || !fits(c, at, 1, EXTENSION_HEADER) ||
		u32(c, at) != EXTENSION_MAGIC)
		return;
	size_t first = (size_t)at + EXTENSION_HEADER, n = u32(c, at + 4);
	if (!fits(c, first, n, SECTION))
		return;
	size_t hwcaps = 0, size = 0;
	for (size_t i = 0; i < n; i++) {
		size_t section = first + i * SECTION;
		uint32_t offset = u32(c, section + SECTION_OFFSET);
		if (!fits(c, offset, u32(c, section + SECTION_SIZE), 1))
			return;
		if (u32(c, section + SECTION_TAG) == TAG_GLIBC_HWCAPS) {
			hwcaps = offset;
			size = u32(c, section + SECTION_SIZE);
		}
	}
	if (hwcaps % 4 != 0 || size % 4 != 0)
		return;
	c->hwcaps = hwcaps;
	c->n_hwcaps = size / 4;
}

/* The new header at `header`: 1 it is one, 0 there is none, -1 the whole file is of no use. */
static int open_new(struct ldcache *c, size_t header)
{
	if (!fits(c, header, 1, NEW_HEADER) ||
		memcmp(c->data + header, NEW_MAGIC, sizeof(NEW_MAGIC) - 1) != 0)
		return 0;
	/* cache_file_new_matches_endian(): 0 is an ldconfig before 2.33, which did not say. */
	unsigned char flags = (unsigned char)c->data[header + NEW_FLAGS];
	if (flags && (flags & ENDIAN_MASK) != (c->big_endian ? ENDIAN_BIG : ENDIAN_LITTLE))
		return -1;
	c->n_entries = u32(c, header + NEW_NLIBS);
	c->entries = header + NEW_HEADER;
	if (!fits(c, c->entries, c->n_entries, NEW_ENTRY))
		return -1;
	c->strings = header;
	open_extension(c, header);
	return 1;
}

static bool open_old(struct ldcache *c, size_t align)
{
	if (c->n <= OLD_HEADER || memcmp(c->data, OLD_MAGIC, sizeof(OLD_MAGIC) - 1) != 0)
		return false;
	size_t n = u32(c, OLD_NLIBS);
	if (!fits(c, OLD_HEADER, n, OLD_ENTRY))
		return false;
	size_t end = OLD_HEADER + n * OLD_ENTRY;
	int r = open_new(c, (end + align - 1) / align * align); /* ALIGN_CACHE */
	if (r)
		return r > 0;
	c->old = true;
	c->entries = OLD_HEADER;
	c->n_entries = n;
	c->strings = end;
	return true;
}

bool ldcache_open(struct ldcache *c, const char *data, size_t n, const struct ldcache_abi *abi)
{
	*c = (struct ldcache){ .data = data, .n = n, .big_endian = abi->big_endian };
	int r = n > NEW_HEADER ? open_new(c, 0) : 0;
	return r ? r > 0 : open_old(c, abi->align);
}

static size_t entry_at(const struct ldcache *c, size_t i)
{
	return c->entries + i * (c->old ? OLD_ENTRY : NEW_ENTRY);
}

static const char *name_of(const struct ldcache *c, size_t i)
{
	return string_at(c, c->strings + (uint64_t)u32(c, entry_at(c, i) + ENTRY_KEY));
}

bool ldcache_entry(const struct ldcache *c, size_t i, struct ldcache_entry *e)
{
	size_t at = entry_at(c, i);
	*e = (struct ldcache_entry){ .flags = u32(c, at + ENTRY_FLAGS), .name = name_of(c, i) };
	e->path = string_at(c, c->strings + (uint64_t)u32(c, at + ENTRY_VALUE));
	if (!e->name || !e->path)
		return false;
	uint64_t hwcap = c->old ? 0 : u64(c, at + ENTRY_HWCAP);
	uint32_t high = (uint32_t)(hwcap >> 32), index = (uint32_t)hwcap;
	if ((high & ~(uint32_t)HWCAP_ISA_MASK) != HWCAP_EXTENSION) {
		e->hwcap = hwcap;
		return true;
	}
	e->isa = high & HWCAP_ISA_MASK;
	if (index < c->n_hwcaps)
		e->level = string_at(c, u32(c, c->hwcaps + (size_t)index * 4));
	return e->level != NULL;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* An int that wraps around, as glibc's does: the table is sorted by it. */
static uint32_t number(const char **p)
{
	uint32_t v = 0;
	while (is_digit(**p))
		v = v * 10 + (uint32_t)(*(*p)++ - '0');
	return v;
}

int ldcache_compare(const char *a, const char *b)
{
	while (*a) {
		if (is_digit(*a) && is_digit(*b)) {
			uint32_t va = number(&a), vb = number(&b);
			if (va != vb)
				return (int32_t)(va - vb) < 0 ? -1 : 1;
		} else if (is_digit(*a)) {
			return 1;
		} else if (is_digit(*b)) {
			return -1;
		} else if (*a != *b) {
			return (signed char)*a < (signed char)*b ? -1 : 1;
		} else {
			a++;
			b++;
		}
	}
	return *b ? (*b & 0x80 ? 1 : -1) : 0;
}

/* Index of the first entry called `name`, or n_entries. The table is sorted in descending order; an
 * entry that cannot be read ends the search, as in the loader. */
static size_t find_first(const struct ldcache *c, const char *name)
{
	size_t left = 0, right = c->n_entries;
	while (left < right) {
		size_t middle = (left + right - 1) / 2;
		const char *here = name_of(c, middle);
		if (!here)
			break;
		int order = ldcache_compare(name, here);
		if (order < 0) {
			left = middle + 1;
		} else if (order > 0) {
			right = middle;
		} else {
			const char *before;
			while (middle > 0 && (before = name_of(c, middle - 1)) &&
				ldcache_compare(name, before) == 0)
				middle--;
			return middle;
		}
	}
	return c->n_entries;
}

static size_t rank_of(const char *level, const char *const *levels)
{
	size_t rank = 0;
	while (levels[rank] && strcmp(level, levels[rank]) != 0)
		rank++;
	return rank;
}

/* May a loader of this kind, on this CPU, take an entry without a level? */
static bool takes_plain(const struct ldcache_abi *abi, uint64_t hwcap)
{
	if (!abi->legacy)
		return hwcap == 0;
	uint64_t platform = hwcap & abi->platforms;
	return (hwcap & ~(abi->hwcap | abi->platforms)) == 0 &&
		(platform == 0 || platform == abi->platform);
}

static bool takes_isa(const struct ldcache_abi *abi, uint32_t isa)
{
	return abi->isa == UINT32_MAX || (isa < 32 && (abi->isa >> isa & 1));
}

/* search_cache(): entries with a level stand before those without; the best level wins, and as soon
 * as there is one the others do not count any more. */
const char *ldcache_lookup(const struct ldcache *c, const char *name, const struct ldcache_abi *abi)
{
	const char *best = NULL;
	size_t best_rank = 0;
	for (size_t i = find_first(c, name); i < c->n_entries; i++) {
		struct ldcache_entry e;
		bool whole = ldcache_entry(c, i, &e);
		if (!e.name || ldcache_compare(name, e.name) != 0)
			break;
		if (!whole || (e.flags != abi->flags && e.flags != abi->flags_too))
			continue;
		if (e.level) {
			size_t rank = rank_of(e.level, abi->levels);
			if (abi->levels[rank] && takes_isa(abi, e.isa) &&
				(!best || rank < best_rank)) {
				best = e.path;
				best_rank = rank;
			}
			continue;
		}
		if (!c->old && best)
			break;
		if (!takes_plain(abi, e.hwcap))
			continue;
		best = e.path;
		if (e.flags == abi->flags)
			break;
	}
	return best;
}
