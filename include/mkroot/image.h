/* What `run` can start: a folder as it is, or an archive or an image that is unpacked first. */
#ifndef MKROOT_IMAGE_H
#define MKROOT_IMAGE_H

#include <mkroot/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mkr_image;

/* Opens ROOT as the user typed it. A bare PATH is a folder, an OCI layout or a tar (plain or
 * compressed by gzip, xz, zstd or bzip2), which is a root, an oci-archive or a docker-archive.
 * "dir:PATH" and "tar:PATH" are the same, but never an image. "oci:DIR[:TAG]",
 * "oci-archive:FILE[:TAG]" and "docker-archive:FILE[:NAME:TAG]" are images, and "bundle:DIR" is an
 * OCI runtime's: the root, and the command of its config.json.
 *
 * Nothing is unpacked yet. Of an image, the index, manifest and config are read, and their digests
 * looked at; all of its layers are there and open. -ENOENT: there is no such file, tag or platform;
 * -EINVAL: no known image, or which one is not said (the details say what is there); -EBADMSG: it
 * is broken; -ENOTSUP; -EFBIG; -ELOOP. */
int mkr_image_open(struct mkr_image **out, const char *text, struct mkr_error *err);

/* The same for another machine than this one where there are images for several: as GOARCH and
 * GOARM name it. NULL: this one; any variant, the plain one first. */
int mkr_image_open_for(struct mkr_image **out, const char *text, const char *architecture,
	const char *variant, struct mkr_error *err);
void mkr_image_free(struct mkr_image *img);

/* The folder's descriptor (O_PATH | O_DIRECTORY), borrowed; -1 for what has to be unpacked. */
int mkr_image_dir(const struct mkr_image *img);

/* What an image, or a bundle, says of its command. Lists end with NULL and are never NULL; strings
 * that it leaves out, or has as "", are NULL. Nothing in them is to be trusted. */
struct mkr_image_config {
	const char *const *entrypoint, *const *cmd, *const *env; /* env: "K=V", but not surely */
	const char *workdir; /* absolute */
	const char *user; /* "U[:G]" */
	const char *stop_signal;
	const char *os, *architecture, *variant; /* GOOS, GOARCH, GOARM ... */
};

/* Borrowed. NULL for folders and tars. */
const struct mkr_image_config *mkr_image_config(const struct mkr_image *img);

/* The config as it is stored, for who writes an image that is based on this one: image-spec,
 * config.md. It has been parsed once: valid UTF-8 JSON, an object, with as many rootfs.diff_ids as
 * there are layers. Borrowed; a NUL follows. NULL for folders and tars. */
const char *mkr_image_config_json(const struct mkr_image *img, size_t *ret_size);

/* The manifest of an image, as it is stored (image-spec, manifest.md). NULL for folders and tars;
 * `json` is NULL for a docker-archive that is no layout as well. Borrowed. */
struct mkr_image_manifest {
	const char *digest; /* "sha256:...", and the bytes are those; NULL: there is no manifest */
	const char *json, *media_type;
	size_t size;
	const char *const *annotations; /* "K=V"; ends with NULL, never NULL */
	const char *name; /* what docker would call the image; NULL: nobody says it */
};
const struct mkr_image_manifest *mkr_image_manifest(const struct mkr_image *img);

/* The layers of an image, lowest first. Borrowed, as their descriptors are; NULL and 0 for others.
 * The blob is `size` bytes of `fd` from `offset` on, to be read with pread(2). Its digest is that
 * of the manifest, and has not been compared yet: who copies it compares. */
struct mkr_image_layer {
	const char *digest; /* of the blob: "sha256:..."; NULL: a compressed layer of a
			     * docker-archive, which does not say it */
	const char *diff_id; /* of the tar in it */
	const char *media_type;
	const char *compression; /* what that says: "gzip", "zstd", "none" */
	uint64_t size; /* bytes, of the blob */
	int fd;
	uint64_t offset;
};
const struct mkr_image_layer *mkr_image_layers(const struct mkr_image *img, size_t *ret_n);

/* Hands the tar of layer `i` to `put` (0 or a negative errno, which ends it), NULL: to nobody, and
 * compares both digests when all of it was read. Words are only set for errors that are not
 * put's. */
typedef int mkr_bytes_fn(void *ctx, const void *data, size_t n);
int mkr_image_layer_read(
	const struct mkr_image *img, size_t i, mkr_bytes_fn *put, void *ctx, struct mkr_error *err);

/* How the owners stored in an archive are to be given to its files. */
enum mkr_owners {
	MKR_OWNERS_STORED, /* as the archive says */
	MKR_OWNERS_CALLER, /* all the caller's: a user namespace with a single id */
};

/* Unpacks an archive, or the layers of an image, into the empty directory `dirfd`. Every byte of
 * the archive is hostile: names never lead out of dirfd, not by "..", not through a link that the
 * archive itself made; device nodes are left out, set-id bits kept. Fails naming the member.
 *
 * An image's whiteouts are carried out, the digest and the diff_id of each layer are compared once
 * it has been read, and its WorkingDir is made. On failure what is in dirfd is of no use. */
int mkr_image_unpack(
	const struct mkr_image *img, int dirfd, enum mkr_owners owners, struct mkr_error *err);

/* An unpacked archive or image in a folder of its own, for those who only read in it. */
struct mkr_unpacked;

/* Unpacks into a folder in a new one of mode 0700 below `dir` (TMPDIR), with the owners as stored
 * when the caller is root. It goes with mkr_unpacked_free(), and also when the process dies. */
int mkr_image_unpack_below(struct mkr_unpacked **out, const struct mkr_image *img, const char *dir,
	struct mkr_error *err);
void mkr_unpacked_free(struct mkr_unpacked *u);

/* The same for who asks what the archive said of its files: the folder's are the caller's, who can
 * read them all, without special bits, and a device is an empty file there. Whoever calls gets the
 * same. */
int mkr_image_unpack_aside(struct mkr_unpacked **out, const struct mkr_image *img, const char *dir,
	struct mkr_error *err);

struct mkr_stored_xattr {
	const char *name; /* user.* or security.capability */
	const void *value;
	size_t size;
};

/* What the archive said of a file. */
struct mkr_stored {
	uint32_t mode; /* with its type */
	uint32_t uid, gid, dev_major, dev_minor;
	const struct mkr_stored_xattr *xattrs; /* by name */
	size_t n_xattrs;
};

/* By its inode number in the folder; borrowed. NULL: a folder that the archive says nothing of. */
const struct mkr_stored *mkr_unpacked_stored(const struct mkr_unpacked *u, uint64_t ino);

/* The folder's path; borrowed. */
const char *mkr_unpacked_path(const struct mkr_unpacked *u);

#ifdef __cplusplus
}
#endif

#endif
