#ifndef BASE_HEX_H
#define BASE_HEX_H

#include <stddef.h>

/* Two lower-case digits for each byte, and a NUL: `out` takes 2 * n + 1. */
void hex_digits(char *out, const void *bytes, size_t n);

#endif
