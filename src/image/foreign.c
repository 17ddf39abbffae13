#include "image/foreign.h"

#include "base/cleanup.h"
#include "image/decode.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

/* What makes a tar, or a folder, of it. */
enum way { NO_WAY, BSDTAR, UNSQUASHFS, MOUNT };

/* cpio(5), ar(5), elf(5); magic.h of the kernel and of each file system; the formats' own pages. */
static const struct kind {
	const char *what;
	enum way way;
	size_t at, n;
	unsigned char magic[8];
} kinds[] = {
	{ "a cpio archive", BSDTAR, 0, 6, "070701" },
	{ "a cpio archive", BSDTAR, 0, 6, "070702" },
	{ "a cpio archive", BSDTAR, 0, 6, "070707" },
	{ "a cpio archive", BSDTAR, 0, 2, { 0xc7, 0x71 } },
	{ "a squashfs image", UNSQUASHFS, 0, 4, "hsqs" },
	{ "a zip archive", BSDTAR, 0, 4, "PK\3\4" },
	{ "a 7-zip archive", BSDTAR, 0, 6, { '7', 'z', 0xbc, 0xaf, 0x27, 0x1c } },
	{ "an rpm package", BSDTAR, 0, 4, { 0xed, 0xab, 0xee, 0xdb } },
	{ "an ar archive or a Debian package", NO_WAY, 0, 8, "!<arch>\n" },
	{ "an ELF file", NO_WAY, 0, 4, "\177ELF" },
	{ "an ext2, ext3 or ext4 file system", MOUNT, 0x438, 2, { 0x53, 0xef } },
	{ "an erofs file system", MOUNT, 1024, 4, { 0xe2, 0xe1, 0xf5, 0xe0 } },
	{ "an xfs file system", MOUNT, 0, 4, "XFSB" },
	{ "a btrfs file system", MOUNT, 0x10040, 8, "_BHRfS_M" },
	{ "an ISO 9660 file system", BSDTAR, 0x8001, 5, "CD001" },
};
enum { KINDS = sizeof(kinds) / sizeof(*kinds), HEAD = 0x10048 };

static ssize_t read_decoded(unsigned char *head, size_t size, int fd, enum image_filter filter)
{
	cleanup_decode struct archive *a = NULL;
	struct archive_entry *entry;
	if (decode_open(&a, fd, filter, false, NULL) < 0)
		return -1;
	int r = archive_read_next_header(a, &entry);
	if (r == ARCHIVE_OK)
		return archive_read_data(a, head, size);
	return r == ARCHIVE_EOF ? 0 : -1;
}

static ssize_t read_head(unsigned char *head, size_t size, int fd, enum image_filter filter)
{
	return filter == FILTER_NONE ? pread(fd, head, size, 0)
				     : read_decoded(head, size, fd, filter);
}

static const struct kind *kind_of(const unsigned char *head, size_t n)
{
	for (size_t i = 0; i < KINDS; i++) {
		const struct kind *k = &kinds[i];
		if (n >= k->at + k->n && memcmp(head + k->at, k->magic, k->n) == 0)
			return k;
	}
	return NULL;
}

bool is_foreign(const char **ret_what, int fd, enum image_filter filter)
{
	unsigned char block[TAR_BLOCK];
	ssize_t n = read_head(block, sizeof(block), fd, filter);
	const bool tar = n == TAR_BLOCK && is_tar_header(block);
	*ret_what = "empty";
	if (n == 0)
		return true;
	/* A block of zeros is an empty tar, and how file systems begin. */
	if (n < 0 || (tar && block[0]))
		return false;
	cleanup_free unsigned char *head = malloc(HEAD);
	n = head ? read_head(head, HEAD, fd, filter) : -1;
	const struct kind *k = n < 0 ? NULL : kind_of(head, (size_t)n);
	*ret_what = filter == FILTER_NONE ? "a file" : "a compressed file";
	/* The other ways are for what it was before it was compressed. */
	if (k && (filter == FILTER_NONE || k->way == BSDTAR))
		*ret_what = k->what;
	return k || !tar;
}

void foreign_hint(const char *what, const char *path, struct mkr_error *err)
{
	enum way way = NO_WAY;
	for (size_t i = 0; i < KINDS; i++)
		if (kinds[i].what == what)
			way = kinds[i].way;
	switch (way) {
	case BSDTAR:
		mkr_detail(err, "hint", "make a tar of it: bsdtar -cf root.tar @'%s'", path);
		break;
	case UNSQUASHFS:
		mkr_detail(err, "hint", "make a folder of it: unsquashfs -d root/ '%s'", path);
		break;
	case MOUNT:
		mkr_detail(err, "hint", "mount it, as root: mount -o ro,loop '%s' /mnt", path);
		break;
	case NO_WAY:
		mkr_detail(err, "hint",
			"ROOT is a folder, a tar (plain, gzip, xz, zstd or bzip2), or an image: "
			"oci:DIR[:TAG], oci-archive:FILE, docker-archive:FILE");
		break;
	}
}
