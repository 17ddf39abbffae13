#include "base/uuid.h"

#include <stdio.h>

/* RFC 4122, appendix C: NameSpace_URL. */
static const unsigned char urls[16] = { 0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4,
	0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8 };

void uuid_begin(struct uuid *u)
{
	sha1_begin(&u->sha1);
	uuid_add(u, urls, sizeof(urls));
}

void uuid_add(struct uuid *u, const void *bytes, size_t n)
{
	sha1_add(&u->sha1, bytes, n);
}

void uuid_end(struct uuid *u, char text[UUID_TEXT])
{
	unsigned char id[SHA1_BYTES];
	char *at = text;
	sha1_end(&u->sha1, id);
	id[6] = (unsigned char)((id[6] & 0x0f) | 0x50);
	id[8] = (unsigned char)((id[8] & 0x3f) | 0x80);
	for (size_t i = 0; i < 16; i++)
		at += snprintf(
			at, 4, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", id[i]);
}
