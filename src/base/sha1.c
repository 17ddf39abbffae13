#include "base/sha1.h"

#include "base/hex.h"

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
	hex_digits(text, digest, SHA1_BYTES);
}
