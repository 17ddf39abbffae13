/* Deflate streams (RFC 1951) made one by one, joined into one. */
#ifndef SINK_DEFLATE_H
#define SINK_DEFLATE_H

#include <stddef.h>

/* What deflate_open_end() may add. Reading ahead needs as much behind the stream. */
enum { DEFLATE_SLACK = 16 };

/* Takes the mark of the last block off a whole stream of *n bytes, and pads it to a byte with an
 * empty stored block, so that another can follow. There are DEFLATE_SLACK bytes of room behind it.
 * -EIO: it is no such stream; nothing is read outside of it all the same. */
int deflate_open_end(unsigned char *stream, size_t *n);

#endif
