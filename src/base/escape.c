#include "base/escape.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

size_t utf8_length(const unsigned char *p)
{
	if (p[0] < 0x80)
		return 1;
	size_t n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
		(p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return n;
}

/* Length of the front that needs no look: printable ASCII. */
static size_t plain_length(const char *text)
{
	size_t n = 0;
	while (text[n] >= 0x20 && text[n] < 0x7f)
		n++;
	return n;
}

bool escape_into(char *out, size_t size, const char *text)
{
	size_t used = plain_length(text);
	if (used >= size)
		used = size - 1;
	memcpy(out, text, used);
	const unsigned char *p = (const unsigned char *)text + used;
	while (*p) {
		if (*p >= 0x20 && *p < 0x7f && used + 1 < size) {
			out[used++] = (char)*p++; /* what nearly all names are made of */
			continue;
		}
		char piece[5];
		size_t take = utf8_length(p), put;
		/* C1 controls (U+0080 to U+009f) are obeyed by terminals too. */
		bool c1 = p[0] == 0xc2 && take == 2 && p[1] < 0xa0;
		if (*p < 0x20 || *p == 0x7f || take == 0 || c1) {
			put = (size_t)(*p == '\n' ? snprintf(piece, sizeof(piece), "\\n")
					: *p == '\t'
					? snprintf(piece, sizeof(piece), "\\t")
					: snprintf(piece, sizeof(piece), "\\x%02x", *p));
			take = 1;
		} else {
			memcpy(piece, p, take);
			put = take;
		}
		if (used + put >= size) {
			out[used] = '\0';
			return false;
		}
		memcpy(out + used, piece, put);
		used += put;
		p += take;
	}
	out[used] = '\0';
	return true;
}

bool utf8_is_valid(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	for (size_t n; *p; p += n)
		if ((n = utf8_length(p)) == 0)
			return false;
	return true;
}
