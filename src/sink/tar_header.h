/* The header blocks of a tar member (POSIX.1-2017 pax, "ustar Interchange Format" and "pax Extended
 * Header"): a pure function of the entry, so that neither the locale, nor the user, nor the version
 * of a library can change a byte. */
#ifndef SINK_TAR_HEADER_H
#define SINK_TAR_HEADER_H

#include "base/vec.h"

#include <mkroot/plan.h>

enum { TAR_BLOCK = 512 };

typedef VEC(char) tar_bytes;

/* Replaces what is in *out by the header of `e`: one ustar block, with a pax header before it where
 * ustar is too narrow. Bytes of content follow only for a regular file without a target. */
int tar_header(tar_bytes *out, const struct mkr_entry *e, struct mkr_error *err);

/* Zeros that fill `size` bytes up to a whole block. */
static inline size_t tar_padding(uint64_t size)
{
	return (size_t)(-size & (TAR_BLOCK - 1));
}

#endif
