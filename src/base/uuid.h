/* Names out of content: UUIDs of version 5 (RFC 4122, 4.3). */
#ifndef BASE_UUID_H
#define BASE_UUID_H

#include "base/sha1.h"

enum { UUID_TEXT = 37 };

/* The name's bytes, as many as there are, one after the other. The namespace is that of URLs. */
struct uuid {
	struct sha1 sha1;
};

void uuid_begin(struct uuid *u);
void uuid_add(struct uuid *u, const void *bytes, size_t n);
void uuid_end(struct uuid *u, char text[UUID_TEXT]);

#endif
