#include "sink/deflate.h"

#include "base/arena.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* libdeflate has no flush: each of its streams ends in a block that is marked as the last. Where
 * that block begins is not told, and blocks have no length: so all of them are walked through,
 * symbol by symbol, without making the bytes they stand for. */

enum { CODE_MAX = 15, LITERALS = 288, DISTANCES = 32, LENGTHS = 19 };

/* What a code means: bits that it and what follows it take, and whether a distance comes next.
 * 0: no such code. */
enum { HAS_DISTANCE = 0x40, END_OF_BLOCK = 0x80, BITS = 0x3f };

struct table {
	unsigned bits; /* of the longest code */
	uint8_t at[1 << CODE_MAX];
};

struct walk {
	const unsigned char *data;
	size_t pos, end; /* in bits */
	struct table literals, distances;
};

/* 57 bits at least; bytes behind the end are the caller's slack. */
static uint64_t peek(const struct walk *w)
{
	uint64_t v = 0;
	const unsigned char *p = w->data + w->pos / 8;
	for (size_t i = 0; i < sizeof(v); i++)
		v |= (uint64_t)p[i] << (8 * i);
	return v >> (w->pos & 7);
}

/* Up to 16 bits; past the end they are zeros. */
static unsigned take(struct walk *w, unsigned n)
{
	if (w->pos + n > w->end) {
		w->pos = w->end + 1;
		return 0;
	}
	unsigned v = (unsigned)(peek(w) & ((1U << n) - 1));
	w->pos += n;
	return v;
}

static unsigned reversed(unsigned code, unsigned n)
{
	unsigned r = 0;
	for (unsigned i = 0; i < n; i++)
		r |= (code >> i & 1) << (n - 1 - i);
	return r;
}

/* RFC 1951, 3.2.2: codes of equal length are consecutive; they are sent from the top bit on. */
static int make_table(
	struct table *t, const uint8_t *length, unsigned n, uint8_t (*meaning)(unsigned symbol))
{
	unsigned count[CODE_MAX + 1] = { 0 }, next[CODE_MAX + 2] = { 0 };
	for (unsigned i = 0; i < n; i++)
		count[length[i]]++;
	count[0] = 0;
	t->bits = 1;
	for (unsigned i = 1; i <= CODE_MAX; i++) {
		next[i + 1] = (next[i] + count[i]) << 1;
		if (next[i] + count[i] > 1U << i)
			return -EIO;
		if (count[i])
			t->bits = i;
	}
	memset(t->at, 0, (size_t)1 << t->bits);
	for (unsigned i = 0; i < n; i++) {
		unsigned bits = length[i];
		if (!bits)
			continue;
		uint8_t entry = (uint8_t)(meaning(i) + bits);
		for (unsigned k = reversed(next[bits]++, bits); k < 1U << t->bits; k += 1U << bits)
			t->at[k] = entry;
	}
	return 0;
}

/* RFC 1951, 3.2.5: extra bits. */
static uint8_t literal_meaning(unsigned symbol)
{
	if (symbol < 256)
		return 0;
	if (symbol == 256)
		return END_OF_BLOCK;
	unsigned extra = symbol < 265 || symbol > 284 ? 0 : (symbol - 261) / 4;
	return (uint8_t)(HAS_DISTANCE + extra);
}

static uint8_t distance_meaning(unsigned symbol)
{
	return symbol < 4 ? 0 : (uint8_t)(symbol / 2 - 1);
}

static int fixed_tables(struct walk *w)
{
	uint8_t length[LITERALS], distance[DISTANCES];
	for (unsigned i = 0; i < LITERALS; i++)
		length[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
	memset(distance, 5, sizeof(distance));
	int r = make_table(&w->literals, length, LITERALS, literal_meaning);
	return r < 0 ? r : make_table(&w->distances, distance, DISTANCES, distance_meaning);
}

/* The symbol of a short code, found the slow way: there are few of these in a block. */
static unsigned length_symbol(struct walk *w, const uint8_t length[static LENGTHS])
{
	unsigned code = 0, first = 0;
	for (unsigned bits = 1; bits <= 7; bits++) {
		code = code << 1 | take(w, 1);
		unsigned count = 0;
		for (unsigned i = 0; i < LENGTHS; i++)
			if (length[i] == bits && code == first + count++)
				return i;
		first = (first + count) << 1;
	}
	return LENGTHS;
}

/* RFC 1951, 3.2.7. */
static int dynamic_tables(struct walk *w)
{
	static const uint8_t order[LENGTHS] = { 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13,
		2, 14, 1, 15 };
	uint8_t length[LITERALS + DISTANCES] = { 0 }, of_lengths[LENGTHS] = { 0 };
	unsigned n_literals = take(w, 5) + 257, n = n_literals + take(w, 5) + 1;
	unsigned n_lengths = take(w, 4) + 4;
	for (unsigned i = 0; i < n_lengths; i++)
		of_lengths[order[i]] = (uint8_t)take(w, 3);
	if (n_literals > LITERALS)
		return -EIO;
	for (unsigned i = 0; i < n;) {
		unsigned symbol = length_symbol(w, of_lengths), times = 1;
		uint8_t value = (uint8_t)symbol;
		if (symbol >= LENGTHS || w->pos > w->end)
			return -EIO;
		if (symbol >= 16) {
			value = symbol == 16 && i ? length[i - 1] : 0;
			times = symbol == 16   ? 3 + take(w, 2)
				: symbol == 17 ? 3 + take(w, 3)
					       : 11 + take(w, 7);
		}
		if (times > n - i)
			return -EIO;
		memset(length + i, value, times);
		i += times;
	}
	int r = make_table(&w->literals, length, n_literals, literal_meaning);
	if (r < 0)
		return r;
	return make_table(&w->distances, length + n_literals, n - n_literals, distance_meaning);
}

static int skip_stored(struct walk *w)
{
	w->pos = (w->pos + 7) & ~(size_t)7;
	size_t n = take(w, 16);
	w->pos += 16 + n * 8;
	return 0;
}

/* The hot loop: 5 + 15 and 13 + 15 bits at most are looked at in one go. */
static int skip_symbols(struct walk *w)
{
	const unsigned literals = (1U << w->literals.bits) - 1;
	const unsigned distances = (1U << w->distances.bits) - 1;
	while (w->pos <= w->end) {
		uint64_t v = peek(w);
		unsigned entry = w->literals.at[v & literals];
		if (entry == 0)
			return -EIO;
		w->pos += entry & BITS;
		if (entry & END_OF_BLOCK)
			return 0;
		if (!(entry & HAS_DISTANCE))
			continue;
		entry = w->distances.at[v >> (entry & BITS) & distances];
		if (entry == 0)
			return -EIO;
		w->pos += entry;
	}
	return -EIO;
}

static int skip_block(struct walk *w, bool *last)
{
	*last = take(w, 1);
	int r;
	switch (take(w, 2)) {
	case 0:
		return skip_stored(w);
	case 1:
		r = fixed_tables(w);
		break;
	case 2:
		r = dynamic_tables(w);
		break;
	default:
		r = -EIO;
	}
	return r < 0 ? r : skip_symbols(w);
}

int deflate_open_end(unsigned char *stream, size_t *n)
{
	struct walk *w = malloc(sizeof(*w));
	if (!w)
		out_of_memory();
	w->data = stream;
	w->pos = 0;
	w->end = *n * 8;
	memset(stream + *n, 0, DEFLATE_SLACK);
	bool last = false;
	size_t begin = 0;
	int r = 0;
	while (!last && r == 0) {
		begin = w->pos;
		r = skip_block(w, &last);
		if (r == 0 && w->pos > w->end)
			r = -EIO;
	}
	size_t end = w->pos;
	free(w);
	if (r < 0 || (end + 7) / 8 != *n)
		return -EIO;
	stream[begin / 8] &= (unsigned char)~(1U << (begin & 7));
	/* Three bits of header, all zero as the padding is, then LEN and NLEN. */
	*n = (end + 3 + 7) / 8;
	memcpy(stream + *n, "\0\0\xff\xff", 4);
	*n += 4;
	return 0;
}
