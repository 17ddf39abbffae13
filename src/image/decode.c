#include "image/decode.h"

#include "base/arena.h"

#include <archive.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

static const struct {
	enum image_filter filter;
	size_t n;
	unsigned char magic[6];
} magics[] = {
	{ FILTER_GZIP, 2, { 0x1f, 0x8b } },
	{ FILTER_XZ, 6, { 0xfd, '7', 'z', 'X', 'Z', 0 } },
	{ FILTER_ZSTD, 4, { 0x28, 0xb5, 0x2f, 0xfd } },
	{ FILTER_BZIP2, 3, { 'B', 'Z', 'h' } },
};

enum image_filter filter_of(const unsigned char *head, size_t n)
{
	for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++)
		if (n >= magics[i].n && memcmp(head, magics[i].magic, magics[i].n) == 0)
			return magics[i].filter;
	return FILTER_NONE;
}

/* The header's checksum, as tar(5) has it: the sum of all bytes with the field itself as blanks.
 * Old archives have no "ustar" to go by; a block of zeros is the end of an archive, so an empty
 * one. */
bool is_tar_header(const unsigned char b[static TAR_BLOCK])
{
	unsigned long sum = 0, said = 0, any = 0;
	for (size_t i = 0; i < TAR_BLOCK; i++) {
		sum += i >= 148 && i < 156 ? ' ' : b[i];
		any |= b[i];
	}
	size_t i = 148;
	while (i < 156 && b[i] == ' ')
		i++;
	for (; i < 156 && b[i] >= '0' && b[i] <= '7'; i++)
		said = said * 8 + (b[i] - '0');
	return any == 0 || sum == said;
}

void decode_free(struct archive *const *a)
{
	archive_read_free(*a); /* NULL is no error */
}

int decode_failed(struct archive *a, struct mkr_error *err)
{
	const char *why = archive_error_string(a);
	return mkr_failx(err, -EBADMSG, "%s", why ? why : "damaged archive");
}

/* One filter, the one that the first bytes ask for: each name here links its decoder in. */
static int add_filter(struct archive *a, enum image_filter filter)
{
	switch (filter) {
	case FILTER_GZIP:
		return archive_read_support_filter_gzip(a);
	case FILTER_XZ:
		return archive_read_support_filter_xz(a);
	case FILTER_ZSTD:
		return archive_read_support_filter_zstd(a);
	case FILTER_BZIP2:
		return archive_read_support_filter_bzip2(a);
	case FILTER_NONE:
		break;
	}
	return ARCHIVE_OK;
}

int decode_new(struct archive **out, enum image_filter filter, bool tar, struct mkr_error *err)
{
	cleanup_decode struct archive *a = archive_read_new();
	if (!a)
		out_of_memory();
	/* ARCHIVE_WARN: libarchive was built without it and would run an external program. */
	if (add_filter(a, filter) != ARCHIVE_OK)
		return mkr_failx(err, -ENOTSUP, "this build cannot read its compression");
	int r = tar ? archive_read_support_format_tar(a) : archive_read_support_format_raw(a);
	if (r == ARCHIVE_OK && !tar)
		r = archive_read_support_format_empty(a);
	if (r != ARCHIVE_OK)
		return decode_failed(a, err);
	*out = a;
	a = NULL;
	return 0;
}

int decode_open(
	struct archive **out, int fd, enum image_filter filter, bool tar, struct mkr_error *err)
{
	cleanup_decode struct archive *a = NULL;
	int r = decode_new(&a, filter, tar, err);
	if (r < 0)
		return r;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return mkr_fail(err, -errno, "cannot read it");
	if (archive_read_open_fd(a, fd, READ_SIZE) != ARCHIVE_OK)
		return decode_failed(a, err);
	*out = a;
	a = NULL;
	return 0;
}

struct utf8 utf8_begin(void)
{
	struct utf8 u = { .made = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0) };
	if (u.made)
		u.before = uselocale(u.made);
	return u;
}

void utf8_end(const struct utf8 *u)
{
	if (!u->made)
		return;
	uselocale(u->before);
	freelocale(u->made);
}
