#include "base/base64.h"

#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

char *base64_of(const char *bytes)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = (const unsigned char *)bytes;
	size_t left = strlen(bytes), n;
	char *text = malloc(left / 3 * 4 + 5), *end = text;
	if (!text)
		out_of_memory();
	for (; left; left -= n, p += n) {
		n = left < 3 ? left : 3;
		uint32_t v = (uint32_t)p[0] << 16 | (n > 1 ? (uint32_t)p[1] << 8 : 0) |
			(n > 2 ? p[2] : 0);
		for (unsigned i = 0; i < 4; i++)
			*end++ = (char)(i <= n ? digits[v >> (18 - 6 * i) & 63] : '=');
	}
	*end = '\0';
	return text;
}
