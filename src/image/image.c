#include "image/image.h"

#include "base/cleanup.h"
#include "image/documents.h"
#include "image/foreign.h"
#include "image/layout.h"
#include "image/look.h"
#include "image/ref.h"
#include "os/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

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
	case S_IFDIR:
		return "a folder";
	default:
		return "a file";
	}
}

static int not_an_image(const char *ref, const char *what, struct mkr_error *err)
{
	mkr_failx(err, -EINVAL, "'%s' is %s, neither a folder nor a tar archive", ref, what);
	foreign_hint(what, ref, err);
	return -EINVAL;
}

/* A tar that holds an image becomes an IMAGE_LAYERS, read out of what it is decompressed to. */
static int open_members(struct mkr_image *img, struct mkr_error *err)
{
	if (img->filter != FILTER_NONE) {
		int fd = look_decompress(img->fd, img->filter, err);
		if (fd < 0)
			return fd;
		close(img->fd);
		img->fd = fd;
		img->filter = FILTER_NONE;
	}
	return store_of_tar(&img->store, img->arena, img->fd, err);
}

/* In doubt the OCI's: what docker save writes is both, and only there manifests have digests. */
static int load_members(struct mkr_image *img, const struct ref *ref, struct mkr_error *err)
{
	bool oci = ref->scheme != SCHEME_DOCKER_ARCHIVE && is_layout(&img->store);
	bool saved = ref->scheme != SCHEME_OCI_ARCHIVE && is_saved(&img->store);
	if (!oci && !saved && ref->scheme == SCHEME_NONE) {
		store_close(&img->store);
		img->store = (struct store){ .dir = -1, .fd = -1 };
		return 0; /* a root after all */
	}
	if (!oci && !saved)
		return mkr_failx(err, -EINVAL, "there is no %s in it",
			ref->scheme == SCHEME_OCI_ARCHIVE ? "OCI layout" : "manifest.json");
	img->kind = IMAGE_LAYERS;
	return oci ? layout_load(img, ref->tag, err) : saved_load(img, ref->tag, err);
}

static int open_archive(struct mkr_image *img, const struct ref *ref, struct mkr_error *err)
{
	bool image = ref->scheme == SCHEME_OCI_ARCHIVE || ref->scheme == SCHEME_DOCKER_ARCHIVE;
	bool tar = img->filter == FILTER_NONE || image;
	const char *what;
	int r = 0;
	if (ref->scheme == SCHEME_NONE)
		r = look_into_tar(&tar, &image, img->fd, img->filter, err);
	if (r == 0 && !tar && is_foreign(&what, img->fd, img->filter))
		return not_an_image(ref->path, what, err);
	if (r == 0 && image)
		r = open_members(img, err);
	if (r == 0 && image)
		r = load_members(img, ref, err);
	return r < 0 ? mkr_wrap(err, r, "'%s'", ref->path) : 0;
}

static int open_file(
	struct mkr_image *img, const struct ref *ref, int path_fd, struct mkr_error *err)
{
	/* Opened again through its own descriptor: the file that was looked at is the one read. */
	char link[64];
	snprintf(link, sizeof(link), "/proc/self/fd/%d", path_fd);
	img->fd = open(link, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (img->fd < 0)
		return mkr_fail(err, -errno, "cannot open '%s'", ref->path);
	unsigned char head[TAR_BLOCK];
	const char *what;
	ssize_t n = pread(img->fd, head, sizeof(head), 0);
	if (n < 0)
		return mkr_fail(err, -errno, "cannot read '%s'", ref->path);
	img->kind = IMAGE_TAR;
	img->filter = filter_of(head, (size_t)n);
	if (img->filter == FILTER_NONE && is_foreign(&what, img->fd, img->filter))
		return not_an_image(ref->path, what, err);
	return open_archive(img, ref, err);
}

/* The root may not lie outside of the bundle: whoever made it has not asked. */
static int open_bundle(struct mkr_image *img, struct mkr_error *err)
{
	struct store *s = &img->store;
	struct blob b;
	const char *path;
	store_of_dir(s, img->arena, img->fd);
	int r = store_find(s, "config.json", &b, err);
	if (r == 0)
		r = store_read(s, &b, DOCUMENT_MAX, &img->config_text, err);
	if (r < 0)
		return r;
	img->config_size = (size_t)b.size;
	r = bundle_parse(&img->config, &path, img->arena, img->config_text, img->config_size, err);
	if (r < 0)
		return mkr_wrap(err, r, "config.json");
	img->has_config = true;
	cleanup_fd int root = walk_path(img->fd, path, true, NULL, NULL, NULL);
	struct stat st;
	if (root < 0)
		return mkr_fail(err, root, "its root '%s'", path);
	if (fstat(root, &st) < 0 || !S_ISDIR(st.st_mode))
		return mkr_fail(err, -ENOTDIR, "its root '%s'", path);
	close(img->fd);
	img->fd = steal_fd(&root);
	return 0;
}

static int open_folder(struct mkr_image *img, const struct ref *ref, struct mkr_error *err)
{
	int r = 0;
	if (ref->scheme == SCHEME_BUNDLE) {
		r = open_bundle(img, err);
	} else if (ref->scheme == SCHEME_OCI || ref->scheme == SCHEME_NONE) {
		store_of_dir(&img->store, img->arena, img->fd);
		if (is_layout(&img->store)) {
			img->kind = IMAGE_LAYERS;
			r = layout_load(img, ref->tag, err);
		} else if (ref->scheme == SCHEME_OCI) {
			r = mkr_failx(err, -EINVAL, "there is no OCI layout in it");
		}
	}
	return r < 0 ? mkr_wrap(err, r, "'%s'", ref->path) : 0;
}

static int open_any(struct mkr_image *img, const struct ref *ref, struct mkr_error *err)
{
	cleanup_fd int fd = open(ref->path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return mkr_fail(err, -errno, "cannot open '%s'", ref->path);
	struct stat st;
	if (fstat(fd, &st) < 0)
		return mkr_fail(err, -errno, "cannot stat '%s'", ref->path);
	bool wants_file = ref->scheme == SCHEME_OCI_ARCHIVE || ref->scheme == SCHEME_DOCKER_ARCHIVE;
	bool wants_folder = ref->scheme == SCHEME_OCI || ref->scheme == SCHEME_BUNDLE;
	if ((wants_file && !S_ISREG(st.st_mode)) || (wants_folder && !S_ISDIR(st.st_mode)))
		return mkr_failx(err, -EINVAL, "'%s' is %s: '%s' wants a %s", ref->path,
			kind_of(st.st_mode), img->name, wants_file ? "file" : "folder");
	if (S_ISREG(st.st_mode))
		return open_file(img, ref, fd, err);
	if (!S_ISDIR(st.st_mode))
		return not_an_image(ref->path, kind_of(st.st_mode), err);
	img->kind = IMAGE_FOLDER;
	img->fd = steal_fd(&fd);
	return open_folder(img, ref, err);
}

int mkr_image_open(struct mkr_image **out, const char *text, struct mkr_error *err)
{
	return mkr_image_open_for(out, text, NULL, NULL, err);
}

int mkr_image_open_for(struct mkr_image **out, const char *text, const char *architecture,
	const char *variant, struct mkr_error *err)
{
	static const char *const none[] = { NULL };
	struct mkr_image *img = malloc(sizeof(*img));
	if (!img)
		out_of_memory();
	*img = (struct mkr_image){
		.fd = -1,
		.arena = arena_new(),
		.store = { .dir = -1, .fd = -1 },
		.manifest = { .annotations = none },
	};
	img->name = arena_dup(img->arena, text);
	if (architecture)
		img->machine = arena_dup(img->arena, architecture);
	if (variant)
		img->variant = arena_dup(img->arena, variant);
	struct ref ref = ref_parse(img->arena, text);
	int r = open_any(img, &ref, err);
	if (r < 0)
		mkr_image_free(img);
	else
		*out = img;
	return r;
}

void mkr_image_free(struct mkr_image *img)
{
	if (!img)
		return;
	store_close(&img->store);
	if (img->fd >= 0)
		close(img->fd);
	arena_free(img->arena);
	free(img);
}

int mkr_image_dir(const struct mkr_image *img)
{
	return img->kind == IMAGE_FOLDER ? img->fd : -1;
}

const struct mkr_image_config *mkr_image_config(const struct mkr_image *img)
{
	return img->has_config ? &img->config : NULL;
}

const char *mkr_image_config_json(const struct mkr_image *img, size_t *ret_size)
{
	*ret_size = img->config_size;
	return img->config_text;
}

const struct mkr_image_layer *mkr_image_layers(const struct mkr_image *img, size_t *ret_n)
{
	*ret_n = img->n_layers;
	return img->layers;
}

const struct mkr_image_manifest *mkr_image_manifest(const struct mkr_image *img)
{
	return img->kind == IMAGE_LAYERS ? &img->manifest : NULL;
}
