/* Reads the archive member by member. */
#include "image/unpack.h"

#include "image/aside.h"
#include "image/decode.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

enum { MEMBERS_MAX = 1 << 22 };

int unpack_members(struct archive *a, struct unpack *u, struct mkr_error *err)
{
	struct archive_entry *entry;
	for (size_t n = 0;; n++) {
		int r = archive_read_next_header(a, &entry);
		if (r == ARCHIVE_EOF)
			return 0;
		if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
			return decode_failed(a, err);
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

static int unpack_tar(const struct mkr_image *img, struct unpack *u, struct mkr_error *err)
{
	cleanup_decode struct archive *a = NULL;
	int r = decode_open(&a, img->fd, img->filter, true, err);
	return r == 0 ? unpack_members(a, u, err) : r;
}

static void forget(void *ctx, const struct stat *st)
{
	aside_forget(ctx, st->st_ino);
}

int unpack_into(const struct mkr_image *img, int dirfd, enum mkr_owners owners, struct aside *aside,
	struct mkr_error *err)
{
	if (img->kind == IMAGE_FOLDER)
		return mkr_failx(err, -EINVAL, "'%s' is a folder, not an archive", img->name);
	struct unpack u;
	unpack_init(&u, dirfd, owners);
	u.aside = aside;
	if (aside) {
		u.place.made = forget;
		u.place.made_ctx = aside;
	}
	struct utf8 utf8 = utf8_begin();
	int r = img->kind == IMAGE_TAR ? unpack_tar(img, &u, err) : layers_unpack(img, &u, err);
	if (r == 0)
		r = unpack_finish(&u, err);
	utf8_end(&utf8);
	unpack_done(&u);
	return r < 0 ? mkr_wrap(err, r, "'%s'", img->name) : 0;
}

int mkr_image_unpack(
	const struct mkr_image *img, int dirfd, enum mkr_owners owners, struct mkr_error *err)
{
	return unpack_into(img, dirfd, owners, NULL, err);
}
