/* Reads the archive member by member. libarchive only reads: its own writer follows links in its
 * fix-up pass (libarchive#1566) and caches prefixes that a later member changes (#745). */
#include "image/image.h"
#include "image/member.h"

#include "base/arena.h"
#include "base/cleanup.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <stdint.h>

enum { READ_SIZE = 128 * 1024, MEMBERS_MAX = 1 << 22 };

static void free_archive(struct archive *const *a)
{
	archive_read_free(*a); /* NULL is no error */
}

static int archive_failed(struct archive *a, struct mkr_error *err)
{
	const char *why = archive_error_string(a);
	return mkr_failx(err, -EBADMSG, "%s", why ? why : "damaged archive");
}

/* One filter, the one that the first bytes ask for: each name here links its decoder in. */
static int open_archive(struct archive *a, const struct mkr_image *img, struct mkr_error *err)
{
	int r = ARCHIVE_OK;
	switch (img->filter) {
	case FILTER_NONE:
		break;
	case FILTER_GZIP:
		r = archive_read_support_filter_gzip(a);
		break;
	case FILTER_XZ:
		r = archive_read_support_filter_xz(a);
		break;
	case FILTER_ZSTD:
		r = archive_read_support_filter_zstd(a);
		break;
	case FILTER_BZIP2:
		r = archive_read_support_filter_bzip2(a);
		break;
	}
	/* ARCHIVE_WARN: libarchive was built without it and would run an external program. */
	if (r != ARCHIVE_OK)
		return mkr_failx(err, -ENOTSUP, "this build cannot read its compression");
	if (lseek(img->fd, 0, SEEK_SET) < 0)
		return mkr_fail(err, -errno, "cannot read it");
	if (archive_read_support_format_tar(a) != ARCHIVE_OK ||
		archive_read_open_fd(a, img->fd, READ_SIZE) != ARCHIVE_OK)
		return archive_failed(a, err);
	return 0;
}

static int unpack_all(struct archive *a, struct unpack *u, struct mkr_error *err)
{
	struct archive_entry *entry;
	for (size_t n = 0;; n++) {
		int r = archive_read_next_header(a, &entry);
		if (r == ARCHIVE_EOF)
			return 0;
		if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
			return archive_failed(a, err);
		if (n == MEMBERS_MAX)
			return mkr_failx(err, -EFBIG, "it has more than %d members", MEMBERS_MAX);
		r = member_unpack(u, a, entry, err);
		if (r < 0) {
			const char *name = archive_entry_pathname(entry);
			if (!name)
				return mkr_wrap(err, r, "member %zu", n + 1);
			return mkr_wrap(err, r, "member '%s'", name);
		}
	}
}

/* pax names are UTF-8, and libarchive turns them into the locale's bytes: in "C" all but ASCII
 * would be lost. The thread's own locale is changed for the time of the call. */
static locale_t use_utf8(locale_t *made)
{
	*made = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	return *made ? uselocale(*made) : (locale_t)0;
}

int mkr_image_unpack(
	const struct mkr_image *img, int dirfd, enum mkr_owners owners, struct mkr_error *err)
{
	if (img->is_dir)
		return mkr_failx(err, -EINVAL, "'%s' is a folder, not an archive", img->name);
	__attribute__((cleanup(free_archive))) struct archive *a = archive_read_new();
	if (!a)
		out_of_memory();
	struct unpack u;
	unpack_init(&u, dirfd, owners);
	locale_t made, before = use_utf8(&made);
	int r = open_archive(a, img, err);
	if (r == 0)
		r = unpack_all(a, &u, err);
	if (r == 0)
		r = unpack_finish(&u, err);
	if (made) {
		uselocale(before);
		freelocale(made);
	}
	unpack_done(&u);
	return r < 0 ? mkr_wrap(err, r, "'%s'", img->name) : 0;
}
