#ifndef BASE_BASE64_H
#define BASE_BASE64_H

/* RFC 4648, section 4, with padding; the caller frees it. */
char *base64_of(const char *bytes);

#endif
