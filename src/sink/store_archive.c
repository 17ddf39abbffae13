/* A tar of the layout. A blob's header says its digest and size, which are known once it is
 * written: room is left for the header, and it is written then. What cannot be written to twice,
 * or is compressed as a whole, is put together in a file without a name first. */
#include "sink/store.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/set.h"
#include "base/vec.h"
#include "sink/output.h"
#include "sink/tar_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

struct archive {
	struct store head;
	struct output out;
	int spool; /* -1: the output is written to at once */
	tar_bytes header;
	struct set *blobs; /* their names: no member comes twice */
	uint64_t at; /* bytes written, whole members */
};

static int target(const struct archive *a)
{
	return a->spool >= 0 ? a->spool : a->out.file.fd;
}

static int fail_write(const struct archive *a, int code, struct mkr_error *err)
{
	return mkr_fail(err, code, "cannot write '%s'", a->head.args->path);
}

/* Whether what is written there cannot be written to again. */
static bool needs_spool(const struct sink_args *args)
{
	struct stat st;
	return strcmp(args->path, "-") == 0 || stream_is_packed(args->suffix) ||
		(stat(args->path, &st) == 0 && !S_ISREG(st.st_mode));
}

/* Beside the output, where there is room for it; or where such files are. */
static int open_spool(struct archive *a, struct mkr_error *err)
{
	static const char *const places[] = { "/var/tmp", "/tmp" };
	int fd = -1;
	if (a->out.file.dirfd >= 0)
		fd = openat(a->out.file.dirfd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	for (size_t i = 0; fd < 0 && i < sizeof(places) / sizeof(*places); i++)
		fd = open(places[i], O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		fd = memfd_create("image", MFD_CLOEXEC);
	if (fd < 0)
		return fail_write(a, -errno, err);
	a->spool = fd;
	return 0;
}

static void archive_free(struct store *s)
{
	struct archive *a = (struct archive *)s;
	output_close(&a->out);
	if (a->spool >= 0)
		close(a->spool);
	set_clear(&a->blobs);
	vec_free(&a->header);
	free(a);
}

static int put(struct archive *a, const void *data, size_t n, struct mkr_error *err)
{
	int r = write_all(target(a), data, n);
	return r < 0 ? fail_write(a, r, err) : 0;
}

static int put_zeros(struct archive *a, size_t n, struct mkr_error *err)
{
	static const char zeros[TAR_BLOCK];
	int r = 0;
	for (size_t part; n && r == 0; n -= part) {
		part = n < sizeof(zeros) ? n : sizeof(zeros);
		r = put(a, zeros, part, err);
	}
	return r;
}

static int make_header(
	struct archive *a, const char *path, uint32_t mode, uint64_t size, struct mkr_error *err)
{
	const struct mkr_entry e = {
		.path = path, .mode = mode, .size = size, .mtime = a->head.mtime
	};
	int r = tar_header(&a->header, &e, err);
	if (r == 0 && a->header.n != TAR_BLOCK) {
		r = mkr_failx(
			err, -EFBIG, "a layer is larger than the 8 GiB that a tar's header says");
		mkr_detail(err, "hint", "write a folder, -o oci:DIR, or more --layers");
	}
	return r;
}

static int go_to(struct archive *a, uint64_t to, struct mkr_error *err)
{
	return lseek(target(a), (off_t)to, SEEK_SET) < 0 ? fail_write(a, -errno, err) : 0;
}

static int archive_begin(struct store *s, int *fd, struct mkr_error *err)
{
	struct archive *a = (struct archive *)s;
	*fd = target(a);
	return go_to(a, a->at + TAR_BLOCK, err);
}

static int archive_end(struct store *s, const struct stream_digest *digest, struct mkr_error *err)
{
	struct archive *a = (struct archive *)s;
	char hex[HEX_MAX], path[sizeof("blobs/sha256/") + HEX_MAX];
	digest_hex(hex, digest);
	if (!set_add(&a->blobs, s->args->arena, hex))
		return 0; /* what comes next is written over it */
	snprintf(path, sizeof(path), "blobs/sha256/%s", hex);
	int r = make_header(a, path, S_IFREG | 0644, digest->size, err);
	if (r == 0)
		r = put_zeros(a, tar_padding(digest->size), err);
	if (r == 0)
		r = go_to(a, a->at, err);
	if (r == 0)
		r = put(a, a->header.at, a->header.n, err);
	a->at += TAR_BLOCK + digest->size + tar_padding(digest->size);
	return r < 0 ? r : go_to(a, a->at, err);
}

static int put_member(struct archive *a, const char *path, const char *text, struct mkr_error *err)
{
	size_t n = strlen(text);
	int r = make_header(a, path, S_IFREG | 0644, n, err);
	if (r == 0)
		r = put(a, a->header.at, a->header.n, err);
	if (r == 0)
		r = put(a, text, n, err);
	if (r == 0)
		r = put_zeros(a, tar_padding(n), err);
	a->at += TAR_BLOCK + n + tar_padding(n);
	return r;
}

/* Also cuts off what a blob that was there twice has left. */
static int finish_tar(struct archive *a, struct mkr_error *err)
{
	size_t end = tar_end_size(a->at);
	int r = put_zeros(a, end, err);
	a->at += end;
	if (r == 0 && ftruncate(target(a), (off_t)a->at) < 0)
		r = fail_write(a, -errno, err);
	return r;
}

static int empty_spool(struct archive *a, struct mkr_error *err)
{
	struct copied copied;
	if (lseek(a->spool, 0, SEEK_SET) < 0)
		return fail_write(a, -errno, err);
	int r = stream_copy(a->out.stream, a->spool, a->at, &copied, err);
	if (r == 0 && copied.n < a->at)
		return fail_write(a, -EIO, err); /* a file of our own has lost its end */
	return r < 0 && copied.reading ? fail_write(a, r, err) : r;
}

static int archive_commit(
	struct store *s, const json_t *descriptor, const json_t *docker, struct mkr_error *err)
{
	struct archive *a = (struct archive *)s;
	json_t *index = index_new();
	json_array_append(json_object_get(index, "manifests"), (json_t *)(uintptr_t)descriptor);
	cleanup_free char *text = json_canonical(index);
	cleanup_free char *more = docker ? json_canonical(docker) : NULL;
	json_decref(index);
	int r = go_to(a, a->at, err);
	if (r == 0)
		r = put_member(a, "index.json", text, err);
	if (r == 0 && more)
		r = put_member(a, "manifest.json", more, err);
	if (r == 0)
		r = put_member(a, "oci-layout", layout_file, err);
	if (r == 0)
		r = finish_tar(a, err);
	if (r == 0 && a->spool >= 0)
		r = empty_spool(a, err);
	return r < 0 ? r : output_commit(&a->out, s->args, err);
}

static int put_folders(struct archive *a, struct mkr_error *err)
{
	static const char *const folders[] = { "blobs", "blobs/sha256" };
	int r = 0;
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders) && r == 0; i++) {
		r = make_header(a, folders[i], S_IFDIR | 0755, 0, err);
		if (r == 0)
			r = put(a, a->header.at, a->header.n, err);
		a->at += TAR_BLOCK;
	}
	return r;
}

static const struct store_ops archive_ops = {
	.begin = archive_begin,
	.end = archive_end,
	.commit = archive_commit,
	.free = archive_free,
};

int archive_open(
	struct store **out, const struct sink_args *args, int64_t mtime, struct mkr_error *err)
{
	struct archive *a = calloc(1, sizeof(*a));
	if (!a)
		out_of_memory();
	*a = (struct archive){ .head = { &archive_ops, args, mtime }, .spool = -1 };
	bool spooled = needs_spool(args);
	int r = spooled ? output_open(&a->out, args, false, err)
			: output_open_file(&a->out, args, err);
	if (r < 0) {
		free(a);
		return r;
	}
	if (spooled)
		r = open_spool(a, err);
	if (r == 0)
		r = put_folders(a, err);
	if (r < 0)
		archive_free(&a->head);
	else
		*out = &a->head;
	return r;
}
