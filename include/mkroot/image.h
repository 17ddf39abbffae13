/* What `run` can start: a folder as it is, or an archive that is unpacked into a fresh tmpfs. */
#ifndef MKROOT_IMAGE_H
#define MKROOT_IMAGE_H

#include <mkroot/error.h>

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mkr_image;

/* Opens ROOT as the user typed it: a folder, or a tar (plain, gzip, xz, zstd, bzip2). -ENOENT,
 * -EINVAL (no known image: the detail says what is). Nothing is unpacked yet. */
int mkr_image_open(struct mkr_image **out, const char *ref, struct mkr_error *err);
void mkr_image_free(struct mkr_image *img);

/* The folder's descriptor (O_PATH | O_DIRECTORY), borrowed; -1 for an archive. */
int mkr_image_dir(const struct mkr_image *img);

/* How the owners stored in an archive are to be given to its files. */
enum mkr_owners {
	MKR_OWNERS_STORED, /* as the archive says */
	MKR_OWNERS_CALLER, /* all the caller's: a user namespace with a single id */
};

/* Unpacks an archive into the empty directory `dirfd`. Every byte of the archive is hostile: names
 * never lead out of dirfd, not by "..", not through a link that the archive itself made; device
 * nodes are left out, set-id bits kept. Fails naming the member. */
int mkr_image_unpack(
	const struct mkr_image *img, int dirfd, enum mkr_owners owners, struct mkr_error *err);

#ifdef __cplusplus
}
#endif

#endif
