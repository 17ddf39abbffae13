#include "image/look.h"

#include "base/cleanup.h"
#include "base/str.h"
#include "image/digest.h"
#include "os/write.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#define DECOMPRESSED_MAX (INT64_C(64) << 30)

enum tells { NOTHING, A_ROOT, AN_IMAGE };

/* hier(7) */
static bool is_of_root(struct str top)
{
	static const char *const folders[] = { "bin", "boot", "dev", "etc", "home", "lib", "lib32",
		"lib64", "libx32", "media", "mnt", "nix", "opt", "proc", "root", "run", "sbin",
		"srv", "sys", "tmp", "usr", "var" };
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		if (str_eq(top, str_from(folders[i])))
			return true;
	return false;
}

/* What docker save, skopeo, podman and buildah have at the top. */
static enum tells tells_of(const char *name)
{
	static const char *const members[] = { "blobs", "oci-layout", "index.json", "manifest.json",
		"repositories" };
	struct str rest = str_from(name), top = { 0 };
	while (str_split(&rest, "/", &top) && (top.n == 0 || str_eq(top, STR("."))))
		;
	if (is_of_root(top))
		return A_ROOT;
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
		if (str_eq(top, str_from(members[i])))
			return AN_IMAGE;
	return top.n >= DIGEST_HEX && digest_is_hex(top.p, DIGEST_HEX) ? AN_IMAGE : NOTHING;
}

int look_into_tar(
	bool *ret_tar, bool *ret_image, int fd, enum image_filter filter, struct mkr_error *err)
{
	cleanup_decode struct archive *a = NULL;
	struct archive_entry *entry;
	enum tells tells = NOTHING;
	*ret_tar = *ret_image = false;
	int r = decode_open(&a, fd, filter, true, err);
	if (r == -EBADMSG)
		return 0; /* whoever unpacks it says more */
	if (r < 0)
		return r;
	struct utf8 utf8 = utf8_begin();
	while (tells == NOTHING) {
		int next = archive_read_next_header(a, &entry);
		if (next != ARCHIVE_OK && next != ARCHIVE_WARN)
			break;
		*ret_tar = true;
		const char *name = archive_entry_pathname(entry);
		tells = name ? tells_of(name) : NOTHING;
	}
	utf8_end(&utf8);
	*ret_image = tells == AN_IMAGE;
	return 0;
}

/* An image may be as large as a disk is, but not as memory. */
static int temporary(void)
{
	int fd = open("/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	return fd >= 0 ? fd : memfd_create("image", MFD_CLOEXEC);
}

int look_decompress(int fd, enum image_filter filter, struct mkr_error *err)
{
	cleanup_decode struct archive *a = NULL;
	struct archive_entry *entry;
	const void *block;
	size_t n;
	la_int64_t at;
	cleanup_fd int out = temporary();
	if (out < 0)
		return mkr_fail(err, -errno, "cannot make a temporary file");
	int r = decode_open(&a, fd, filter, false, err);
	if (r < 0)
		return r;
	int next = archive_read_next_header(a, &entry);
	while (next == ARCHIVE_OK || next == ARCHIVE_WARN) {
		next = archive_read_data_block(a, &block, &n, &at);
		if (next != ARCHIVE_OK)
			break;
		if (at + (la_int64_t)n > DECOMPRESSED_MAX)
			return mkr_failx(err, -EFBIG, "it is over %lld GiB long decompressed",
				(long long)(DECOMPRESSED_MAX >> 30));
		r = write_all(out, block, n);
		if (r < 0)
			return mkr_fail(err, r, "cannot write a temporary file");
	}
	return next == ARCHIVE_EOF ? steal_fd(&out) : decode_failed(a, err);
}
