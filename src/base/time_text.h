/* Points in time as documents have them. */
#ifndef BASE_TIME_TEXT_H
#define BASE_TIME_TEXT_H

#include <stdint.h>

enum { TIME_TEXT = 32 };

/* "2024-05-01T12:00:00Z" (RFC 3339, which has four digits for the year: what is out of its range
 * becomes its end). Seconds since 1970; none before. */
void time_text(char text[TIME_TEXT], int64_t seconds);

#endif
