#include "base/sha1.h"

#include <stdio.h>

void sha1_begin(struct sha1 *s)
{
	sha1_init(&s->ctx);
}

void sha1_add(struct sha1 *s, const void *bytes, size_t n)
{
	sha1_update(&s->ctx, n, bytes);
}

void sha1_end(struct sha1 *s, unsigned char digest[SHA1_BYTES])
{
	sha1_digest(&s->ctx, SHA1_BYTES, digest);
}

void sha1_text(char text[SHA1_TEXT], const unsigned char digest[SHA1_BYTES])
{
	for (size_t i = 0; i < SHA1_BYTES; i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
}
