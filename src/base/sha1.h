/* SHA-1: for names out of content, and where a format asks for it. It protects nothing. */
#ifndef BASE_SHA1_H
#define BASE_SHA1_H

#include <nettle/sha1.h>

#include <stddef.h>

enum { SHA1_BYTES = 20, SHA1_TEXT = 2 * SHA1_BYTES + 1 };

struct sha1 {
	struct sha1_ctx ctx;
};

void sha1_begin(struct sha1 *s);
void sha1_add(struct sha1 *s, const void *bytes, size_t n);
void sha1_end(struct sha1 *s, unsigned char digest[SHA1_BYTES]);

/* Lower-case hexadecimal digits. */
void sha1_text(char text[SHA1_TEXT], const unsigned char digest[SHA1_BYTES]);

#endif
