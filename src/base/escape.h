/* Bytes of file names as a terminal may show them. */
#ifndef BASE_ESCAPE_H
#define BASE_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

/* Copies `text` to `out` (`size` bytes, NUL-terminated, cut where it is full) with each control
 * character, DEL and byte that is not valid UTF-8 written as \n, \t or \xNN. A backslash stays as
 * it is: names are quoted for people, not for a shell. Returns false when the text was cut. */
bool escape_into(char *out, size_t size, const char *text);

/* Length of the UTF-8 sequence at p, 0 when it is none (RFC 3629: no overlong forms, no surrogates,
 * nothing above U+10FFFF). Reads no further than the first byte that cannot belong to it. */
size_t utf8_length(const unsigned char *p);

/* Of a whole text. */
bool utf8_is_valid(const char *text);

#endif
