#include "elf/strtab.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	SPREAD_MAX = 64 * 1024, /* strings further apart are read one by one */
	SLACK = 256, /* read behind the last string's start: most names are shorter */
	STRING_MAX = 64 * 1024, /* Nix has RUNPATHs of several kB */
	TOTAL_MAX = 8 * 1024 * 1024,
};

bool strtab_open(struct strtab *s, const struct reader *r, uint64_t address)
{
	uint64_t left;
	s->file = &r->file;
	if (!reader_offset_of(r, address, &s->at, &left))
		return false;
	if (s->size == 0 || s->size > left)
		s->size = left;
	return true;
}

static int fill(struct strtab *s, uint64_t from, uint64_t n)
{
	if (n > s->size - from)
		n = s->size - from;
	unsigned char *p = realloc(s->window, n ? (size_t)n : 1);
	if (!p)
		out_of_memory();
	s->window = p;
	s->from = from;
	s->n = 0;
	int r = file_read(s->file, p, s->at + from, (size_t)n);
	if (r == 0)
		s->n = (size_t)n;
	return r;
}

bool strtab_near(uint64_t first, uint64_t last)
{
	return last - first <= SPREAD_MAX;
}

void strtab_prefetch(struct strtab *s, uint64_t first, uint64_t last)
{
	if (first >= s->size || last >= s->size || !strtab_near(first, last))
		return;
	fill(s, first, last - first + SLACK);
}

int strtab_get(struct strtab *s, struct arena *arena, uint64_t offset, const char **out)
{
	if (offset >= s->size)
		return -EBADMSG;
	for (uint64_t want = SLACK;; want *= 4) {
		if (offset >= s->from && offset - s->from < s->n) {
			const unsigned char *p = s->window + (offset - s->from);
			size_t left = s->n - (size_t)(offset - s->from);
			const unsigned char *end = memchr(p, 0, left);
			if (end) {
				s->handed_out += (size_t)(end - p) + 1;
				if (s->handed_out > TOTAL_MAX)
					return -EFBIG;
				*out = arena_dup_str(
					arena, (struct str){ (const char *)p, (size_t)(end - p) });
				return 0;
			}
			if (left >= s->size - offset)
				return -EBADMSG;
			if (left >= STRING_MAX)
				return -EFBIG;
			if (want <= left)
				continue;
		}
		int r = fill(s, offset, want);
		if (r < 0)
			return r;
	}
}

void strtab_done(struct strtab *s)
{
	free(s->window);
}
