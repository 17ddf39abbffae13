#include "loader/ldcache.h"

#include <string.h>

/* struct cache_file, struct file_entry */
#define OLD_MAGIC "ld.so-1.7.0"
enum { OLD_HEADER = 16, OLD_ENTRY = 12, OLD_NLIBS = 12 };
/* struct cache_file_new, struct file_entry_new */
#define NEW_MAGIC "glibc-ld.so.cache1.1"
enum {
	NEW_HEADER = 48,
	NEW_ENTRY = 24,
	NEW_NLIBS = 20,
	NEW_LEN_STRINGS = 24,
	NEW_FLAGS = 28,
	NEW_EXTENSION = 32,
};
enum { ENDIAN_UNSET = 0, ENDIAN_LITTLE = 2, ENDIAN_BIG = 3 };
/* struct cache_extension, cache_extension_section */
enum { EXTENSION_MAGIC = 0xeaa42174, SECTION_SIZE = 16, TAG_GLIBC_HWCAPS = 1 };
#define HWCAP_EXTENSION (UINT64_C(1) << 62)

static uint32_t u32(const struct ldcache *c, size_t at)
{
	const unsigned char *p = c->data + at;
	return c->big_endian
		? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]
		: (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static uint64_t u64(const struct ldcache *c, size_t at)
{
	uint64_t a = u32(c, at), b = u32(c, at + 4);
	return c->big_endian ? a << 32 | b : b << 32 | a;
}

/* A terminated string at `at`, or NULL. */
static const char *string_at(const struct ldcache *c, uint64_t at)
{
	if (at >= c->n || !memchr(c->data + at, 0, c->n - at))
		return NULL;
	return (const char *)c->data + at;
}

static bool fits(const struct ldcache *c, uint64_t at, uint64_t count, size_t size)
{
	return at <= c->n && count <= (c->n - at) / size;
}

/* The names of the glibc-hwcaps levels, if the file has them. */
static void open_extension(struct ldcache *c)
{
	uint32_t at = u32(c, c->base + NEW_EXTENSION);
	if (at == 0 || !fits(c, c->base + (uint64_t)at, 1, 8))
		return;
	size_t ext = c->base + at;
	if (u32(c, ext) != EXTENSION_MAGIC || !fits(c, ext + 8, u32(c, ext + 4), SECTION_SIZE))
		return;
	for (size_t i = 0, n = u32(c, ext + 4); i < n; i++) {
		size_t section = ext + 8 + i * SECTION_SIZE;
		uint32_t offset = u32(c, section + 8), size = u32(c, section + 12);
		if (u32(c, section) != TAG_GLIBC_HWCAPS)
			continue;
		if (!fits(c, c->base + (uint64_t)offset, size, 1))
			return;
		c->hwcaps = c->base + offset;
		c->n_hwcaps = size / 4;
	}
}

static bool open_new(struct ldcache *c, size_t base)
{
	if (!fits(c, base, 1, NEW_HEADER) ||
		memcmp(c->data + base, NEW_MAGIC, sizeof(NEW_MAGIC) - 1) != 0)
		return false;
	c->base = base;
	unsigned char endian = c->data[base + NEW_FLAGS] & 3;
	if (endian != ENDIAN_UNSET && endian != (c->big_endian ? ENDIAN_BIG : ENDIAN_LITTLE))
		return false;
	c->n_entries = u32(c, base + NEW_NLIBS);
	c->entries = base + NEW_HEADER;
	if (!fits(c, c->entries, c->n_entries, NEW_ENTRY))
		return false;
	open_extension(c);
	return true;
}

static bool open_old(struct ldcache *c)
{
	if (c->n < OLD_HEADER || memcmp(c->data, OLD_MAGIC, sizeof(OLD_MAGIC) - 1) != 0)
		return false;
	size_t n = u32(c, OLD_NLIBS);
	if (!fits(c, OLD_HEADER, n, OLD_ENTRY))
		return false;
	/* ALIGN_CACHE: the new header behind it is aligned for a 64-bit number. */
	size_t end = OLD_HEADER + n * OLD_ENTRY;
	if (open_new(c, (end + 7) & ~(size_t)7))
		return true;
	c->old = true;
	c->entries = OLD_HEADER;
	c->n_entries = n;
	c->strings = end;
	return true;
}

bool ldcache_open(struct ldcache *c, const void *data, size_t n, bool big_endian)
{
	*c = (struct ldcache){ .data = data, .n = n, .big_endian = big_endian };
	return open_new(c, 0) || open_old(c);
}

bool ldcache_entry(const struct ldcache *c, size_t i, struct ldcache_entry *e)
{
	*e = (struct ldcache_entry){ 0 };
	size_t at = c->entries + i * (c->old ? OLD_ENTRY : NEW_ENTRY);
	uint64_t strings = c->old ? c->strings : c->base;
	e->flags = u32(c, at);
	e->name = string_at(c, strings + u32(c, at + 4));
	e->path = string_at(c, strings + u32(c, at + 8));
	if (!e->name || !e->path)
		return false;
	if (c->old)
		return true;
	e->hwcap = u64(c, at + 16);
	if (e->hwcap & HWCAP_EXTENSION) {
		size_t index = (uint32_t)e->hwcap;
		if (index >= c->n_hwcaps)
			return false;
		e->level = string_at(c, c->base + (uint64_t)u32(c, c->hwcaps + index * 4));
		return e->level != NULL;
	}
	return true;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static unsigned long number(const char **p)
{
	unsigned long v = 0;
	while (is_digit(**p))
		v = v * 10 + (unsigned long)(*(*p)++ - '0');
	return v;
}

int ldcache_compare(const char *a, const char *b)
{
	while (*a) {
		if (is_digit(*a)) {
			if (!is_digit(*b))
				return 1;
			unsigned long va = number(&a), vb = number(&b);
			if (va != vb)
				return va < vb ? -1 : 1;
		} else if (is_digit(*b)) {
			return -1;
		} else if (*a != *b) {
			return *a < *b ? -1 : 1;
		} else {
			a++;
			b++;
		}
	}
	return *b ? -1 : 0;
}

/* Index of one entry called `name`, or n_entries. The table is sorted in descending order; an entry
 * that cannot be read ends the search, as in the loader. */
static size_t bisect(const struct ldcache *c, const char *name)
{
	size_t left = 0, right = c->n_entries;
	while (left < right) {
		size_t middle = left + (right - left) / 2;
		struct ldcache_entry e;
		ldcache_entry(c, middle, &e);
		if (!e.name)
			return c->n_entries;
		int order = ldcache_compare(name, e.name);
		if (order == 0)
			return middle;
		if (order < 0)
			left = middle + 1;
		else
			right = middle;
	}
	return c->n_entries;
}

static bool is_entry_of(const struct ldcache *c, size_t i, const char *name)
{
	struct ldcache_entry e;
	ldcache_entry(c, i, &e);
	return e.name && ldcache_compare(name, e.name) == 0;
}

static size_t rank_of(const char *level, const char *const *levels)
{
	size_t rank = 0;
	while (levels[rank] && strcmp(level, levels[rank]) != 0)
		rank++;
	return rank;
}

const char *ldcache_lookup(
	const struct ldcache *c, const char *name, uint32_t flags, const char *const *levels)
{
	size_t i = bisect(c, name);
	if (i == c->n_entries)
		return NULL;
	while (i > 0 && is_entry_of(c, i - 1, name))
		i--;
	size_t none = 0;
	while (levels[none])
		none++;
	const char *best = NULL;
	size_t best_rank = none + 1; /* a plain entry ranks `none` */
	for (; i < c->n_entries && is_entry_of(c, i, name); i++) {
		struct ldcache_entry e;
		if (!ldcache_entry(c, i, &e) || e.flags != flags)
			continue;
		size_t rank = e.level ? rank_of(e.level, levels) : none;
		if (e.level && rank == none)
			continue; /* a level this CPU does not have */
		if (!e.level && e.hwcap)
			continue; /* the legacy scheme, which 2.37 dropped */
		if (rank < best_rank) {
			best = e.path;
			best_rank = rank;
		}
	}
	return best;
}
