/* libarchive's reader, with the one decompressor that is wanted. libarchive only reads: its own
 * writer follows links in its fix-up pass (libarchive#1566) and caches prefixes that a later member
 * changes (#745). */
#ifndef IMAGE_DECODE_H
#define IMAGE_DECODE_H

#include "image/media.h"

#include <mkroot/error.h>

#include <locale.h>
#include <stdbool.h>
#include <stddef.h>

struct archive;

enum { TAR_BLOCK = 512, READ_SIZE = 128 * 1024 };

/* The compression by its first bytes; FILTER_NONE when it is none of ours. */
enum image_filter filter_of(const unsigned char *head, size_t n);
bool is_tar_header(const unsigned char block[static TAR_BLOCK]);

/* The file from its start, as a tar, or as bytes. */
int decode_open(
	struct archive **out, int fd, enum image_filter filter, bool tar, struct mkr_error *err);
/* Fresh ones for the caller to open. */
int decode_new(struct archive **out, enum image_filter filter, bool tar, struct mkr_error *err);

int decode_failed(struct archive *a, struct mkr_error *err);
void decode_free(struct archive *const *a); /* a cleanup function */
#define cleanup_decode __attribute__((cleanup(decode_free)))

/* pax names are UTF-8, and libarchive turns them into the locale's bytes: in "C" all but ASCII
 * would be lost. The thread's own locale is changed between the two calls. */
struct utf8 {
	locale_t made, before;
};
struct utf8 utf8_begin(void);
void utf8_end(const struct utf8 *u);

#endif
