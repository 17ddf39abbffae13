#include "image/image.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { TAR_BLOCK = 512 };

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

/* The header's checksum, as tar(5) has it: the sum of all bytes with the field itself as blanks.
 * Old archives have no "ustar" to go by; a block of zeros is the end of an archive, so an empty
 * one. */
static bool is_tar_header(const unsigned char b[static TAR_BLOCK])
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

static bool sniff(struct mkr_image *img, const unsigned char *head, size_t n)
{
	for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++) {
		if (n >= magics[i].n && memcmp(head, magics[i].magic, magics[i].n) == 0) {
			img->filter = magics[i].filter;
			return true;
		}
	}
	img->filter = FILTER_NONE;
	return n == TAR_BLOCK && is_tar_header(head);
}

static const char *kind_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFIFO:
		return "a FIFO";
	case S_IFCHR:
	case S_IFBLK:
		return "a device";
	case S_IFSOCK:
		return "a socket";
	default:
		return "a file";
	}
}

static int not_an_image(const char *ref, const char *what, struct mkr_error *err)
{
	mkr_failx(err, -EINVAL, "'%s' is %s, neither a folder nor a tar archive", ref, what);
	mkr_detail(err, "hint", "ROOT is a folder, or a tar: plain, gzip, xz, zstd or bzip2");
	return -EINVAL;
}

static int open_archive(struct mkr_image *img, const char *ref, int path_fd, struct mkr_error *err)
{
	/* Opened again through its own descriptor: the file that was looked at is the one read. */
	char link[64];
	snprintf(link, sizeof(link), "/proc/self/fd/%d", path_fd);
	cleanup_fd int fd = open(link, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return mkr_fail(err, -errno, "cannot open '%s'", ref);
	unsigned char head[TAR_BLOCK];
	ssize_t n = pread(fd, head, sizeof(head), 0);
	if (n < 0)
		return mkr_fail(err, -errno, "cannot read '%s'", ref);
	if (n == 0)
		return not_an_image(ref, "empty", err);
	if (!sniff(img, head, (size_t)n))
		return not_an_image(ref, "a file", err);
	img->fd = steal_fd(&fd);
	return 0;
}

/* "dir:PATH" and "tar:PATH" as for -o and as skopeo has them; the content decides all the same. */
static const char *without_prefix(const char *ref)
{
	if (strncmp(ref, "dir:", 4) == 0 || strncmp(ref, "tar:", 4) == 0)
		return ref + 4;
	return ref;
}

int mkr_image_open(struct mkr_image **out, const char *ref, struct mkr_error *err)
{
	const char *path = without_prefix(ref);
	cleanup_fd int fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return mkr_fail(err, -errno, "cannot open '%s'", path);
	struct stat st;
	if (fstat(fd, &st) < 0)
		return mkr_fail(err, -errno, "cannot stat '%s'", path);
	struct mkr_image found = { .fd = -1, .is_dir = S_ISDIR(st.st_mode) };
	if (found.is_dir) {
		found.fd = steal_fd(&fd);
	} else if (!S_ISREG(st.st_mode)) {
		return not_an_image(ref, kind_of(st.st_mode), err);
	} else {
		int r = open_archive(&found, path, fd, err);
		if (r < 0)
			return r;
	}
	struct mkr_image *img = malloc(sizeof(*img));
	found.name = strdup(ref);
	if (!img || !found.name)
		out_of_memory();
	*img = found;
	*out = img;
	return 0;
}

void mkr_image_free(struct mkr_image *img)
{
	if (!img)
		return;
	if (img->fd >= 0)
		close(img->fd);
	free(img->name);
	free(img);
}

int mkr_image_dir(const struct mkr_image *img)
{
	return img->is_dir ? img->fd : -1;
}
