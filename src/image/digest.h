/* SHA-256 as images write it: "sha256:" and 64 lower-case digits (image-spec, descriptor.md). */
#ifndef IMAGE_DIGEST_H
#define IMAGE_DIGEST_H

#include <nettle/sha2.h>

#include <stdbool.h>
#include <stddef.h>

enum { DIGEST_HEX = 64, DIGEST_TEXT = 7 + DIGEST_HEX + 1 };

/* Ends the sum; the context is a fresh one afterwards. */
void digest_end(struct sha256_ctx *ctx, char out[static DIGEST_TEXT]);
void digest_of(const void *data, size_t n, char out[static DIGEST_TEXT]);

bool digest_is_hex(const char *text, size_t n);

/* True for a whole digest of this kind, which is then also safe as a part of a file's name. */
bool digest_is_sha256(const char *text);

#endif
