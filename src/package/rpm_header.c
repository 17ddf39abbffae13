#include "package/rpm_header.h"

#include <string.h>

enum { LENGTHS = 8, ENTRY = 16, ENTRIES_MAX = 0xffff }; /* header.c, hdrchkTags() */

enum type {
	TYPE_NULL,
	TYPE_CHAR,
	TYPE_INT8,
	TYPE_INT16,
	TYPE_INT32,
	TYPE_INT64,
	TYPE_STRING,
	TYPE_BIN,
	TYPE_STRINGS,
	TYPE_I18N,
	TYPES
};

struct entry {
	uint32_t tag, type, offset, count;
};

static uint32_t number(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static struct entry entry_at(const struct rpm_header *h, size_t i)
{
	const unsigned char *p = h->index + i * ENTRY;
	return (struct entry){ number(p), number(p + 4), number(p + 8), number(p + 12) };
}

/* Bytes of one value; of a string the NUL, which it has at least. */
static uint64_t width(uint32_t type)
{
	static const unsigned char widths[TYPES] = { 0, 1, 1, 2, 4, 8, 1, 1, 1, 1 };
	return widths[type];
}

bool rpm_header_open(struct rpm_header *h, struct str blob)
{
	const unsigned char *p = (const unsigned char *)blob.p;
	if (blob.n < LENGTHS)
		return false;
	uint32_t n = number(p), size = number(p + 4);
	if (n > ENTRIES_MAX || (uint64_t)n * ENTRY + size + LENGTHS > blob.n)
		return false;
	*h = (struct rpm_header){ p + LENGTHS, n, { blob.p + LENGTHS + (size_t)n * ENTRY, size } };
	for (size_t i = 0; i < n; i++) {
		struct entry e = entry_at(h, i);
		if (e.type >= TYPES || e.offset + e.count * width(e.type) > size)
			return false;
	}
	return true;
}

static bool find(const struct rpm_header *h, enum rpm_tag tag, struct entry *found)
{
	for (size_t i = 0; i < h->n; i++) {
		*found = entry_at(h, i);
		if (found->tag == (uint32_t)tag)
			return true;
	}
	return false;
}

struct rpm_strings rpm_header_strings(const struct rpm_header *h, enum rpm_tag tag)
{
	struct entry e;
	bool is = find(h, tag, &e) &&
		(e.type == TYPE_STRING || e.type == TYPE_STRINGS || e.type == TYPE_I18N);
	if (!is)
		return (struct rpm_strings){ { "", 0 }, 0 };
	return (struct rpm_strings){ str_skip(h->data, e.offset), e.count };
}

bool rpm_strings_next(struct rpm_strings *s, struct str *text)
{
	const char *end = s->left ? memchr(s->rest.p, '\0', s->rest.n) : NULL;
	if (!end)
		return false;
	*text = (struct str){ s->rest.p, (size_t)(end - s->rest.p) };
	s->rest = str_skip(s->rest, text->n + 1);
	s->left--;
	return true;
}

struct str rpm_header_string(const struct rpm_header *h, enum rpm_tag tag)
{
	struct rpm_strings all = rpm_header_strings(h, tag);
	struct str text;
	return rpm_strings_next(&all, &text) ? text : STR("");
}

struct rpm_ints rpm_header_ints(const struct rpm_header *h, enum rpm_tag tag)
{
	struct entry e;
	if (!find(h, tag, &e) || e.type != TYPE_INT32)
		return (struct rpm_ints){ NULL, 0 };
	return (struct rpm_ints){ (const unsigned char *)h->data.p + e.offset, e.count };
}

uint32_t rpm_ints_at(const struct rpm_ints *ints, size_t i)
{
	return number(ints->at + i * 4);
}
