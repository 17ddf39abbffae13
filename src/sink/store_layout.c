/* A folder. All blobs are written into a stage: beside the folder's name when it is new, which is
 * then the layout itself and gets that name; else inside of it, to be moved. */
#include "sink/store.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/vec.h"
#include "os/temp.h"
#include "os/write.h"
#include "sink/layout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>

enum { DIR_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

struct blob {
	char hex[HEX_MAX];
	bool moved; /* into a layout that was there */
};

struct folder {
	struct store head;
	int dir; /* the layout that is there; -1: there is none, but ... */
	int parent; /* ... this is where it is to be, else -1 */
	char name[NAME_MAX + 1];
	char temp[NAME_MAX + 1]; /* the stage; "": there is none */
	int stage, blobs; /* it, and the folder of its blobs */
	int fd; /* the blob that is being written, -1: none */
	VEC(struct blob) made;
};

static int fail_to(const char *what, const struct folder *f, struct mkr_error *err)
{
	return mkr_fail(err, -errno, "cannot %s '%s'", what, f->head.args->path);
}

/* "img/" is "img" here, as a folder's name may have it. */
static char *without_slashes(struct arena *a, const char *path)
{
	struct str s = str_from(path);
	while (s.n > 1 && s.p[s.n - 1] == '/')
		s.n--;
	return arena_dup_str(a, s);
}

/* What is there, and where it would be. */
static int find_place(struct folder *f, struct mkr_error *err)
{
	const struct sink_args *args = f->head.args;
	f->dir = open(args->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (f->dir >= 0)
		return 0;
	if (errno == ENOTDIR)
		return mkr_failx(err, -ENOTDIR, "'%s' is not a folder", args->path);
	if (errno != ENOENT)
		return fail_to("open", f, err);
	f->parent = open_parent(without_slashes(args->arena, args->path), f->name, err);
	return f->parent < 0 ? f->parent : 0;
}

static void close_place(struct folder *f)
{
	if (f->dir >= 0)
		close(steal_fd(&f->dir));
	if (f->parent >= 0)
		close(steal_fd(&f->parent));
}

int layout_check(const struct sink_args *args, struct mkr_error *err)
{
	struct folder f = { .head.args = args, .dir = -1, .parent = -1 };
	json_t *index = NULL;
	enum layout_kind kind;
	int r = find_place(&f, err);
	if (r == 0 && f.dir >= 0)
		r = layout_read(f.dir, args->path, &kind, &index, err);
	if (r == 0 && faccessat(f.dir >= 0 ? f.dir : f.parent, ".", W_OK | X_OK, AT_EACCESS) < 0)
		r = fail_to("write into", &f, err);
	json_decref(index);
	close_place(&f);
	return r == -EEXIST ? -EPERM : r;
}

static int around(const struct folder *f)
{
	return f->dir >= 0 ? f->dir : f->parent;
}

static int make_stage(struct folder *f, struct mkr_error *err)
{
	f->stage = temp_dir(f->temp, around(f), f->dir >= 0 ? "" : f->name, 0777);
	if (f->stage < 0)
		return mkr_fail(err, f->stage, "cannot create '%s'", f->head.args->path);
	if (mkdirat(f->stage, "blobs", 0777) < 0 || mkdirat(f->stage, "blobs/sha256", 0777) < 0)
		return fail_to("create", f, err);
	f->blobs = openat(f->stage, "blobs/sha256", DIR_FLAGS);
	return f->blobs < 0 ? fail_to("create", f, err) : 0;
}

/* Blobs that are in a layout that was there stay as long as its index may name them. */
static void remove_stage(struct folder *f)
{
	for (size_t i = 0; i < f->made.n && f->blobs >= 0; i++)
		unlinkat(f->blobs, f->made.at[i].hex, 0);
	if (f->blobs >= 0)
		unlinkat(f->blobs, "new", 0);
	if (f->stage >= 0) {
		unlinkat(f->stage, "blobs/sha256", AT_REMOVEDIR);
		unlinkat(f->stage, "blobs", AT_REMOVEDIR);
		unlinkat(f->stage, "oci-layout", 0);
		unlinkat(f->stage, "index.json", 0);
	}
	unlinkat(around(f), f->temp, AT_REMOVEDIR);
	f->temp[0] = '\0';
}

static void folder_free(struct store *s)
{
	struct folder *f = (struct folder *)s;
	if (f->temp[0])
		remove_stage(f);
	const int fds[] = { f->fd, f->blobs, f->stage };
	for (size_t i = 0; i < sizeof(fds) / sizeof(*fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	close_place(f);
	vec_free(&f->made);
	free(f);
}

static int folder_begin(struct store *s, int *fd, struct mkr_error *err)
{
	struct folder *f = (struct folder *)s;
	f->fd = openat(f->blobs, "new", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (f->fd < 0)
		return fail_to("create", f, err);
	*fd = f->fd;
	return 0;
}

static int folder_end(struct store *s, const struct stream_digest *digest, struct mkr_error *err)
{
	struct folder *f = (struct folder *)s;
	struct blob b = { .hex = "" };
	digest_hex(b.hex, digest);
	/* A network file system says now what it could not store (close(2)). */
	int fd = steal_fd(&f->fd);
	if (close(fd) < 0 || renameat(f->blobs, "new", f->blobs, b.hex) < 0)
		return fail_to("write", f, err);
	vec_push(&f->made, b);
	return 0;
}

static int write_file(
	struct folder *f, int dir, const char *name, const char *text, struct mkr_error *err)
{
	cleanup_fd int fd =
		openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd < 0)
		return fail_to("create", f, err);
	int r = write_all(fd, text, strlen(text));
	if (r == 0 && close(steal_fd(&fd)) < 0)
		r = -errno;
	return r < 0 ? mkr_fail(err, r, "cannot write '%s'", f->head.args->path) : 0;
}

/* The stage as a layout of its own. */
static int finish_stage(struct folder *f, const json_t *index, struct mkr_error *err)
{
	cleanup_free char *text = json_canonical(index);
	int r = write_file(f, f->stage, "oci-layout", layout_file, err);
	return r < 0 ? r : write_file(f, f->stage, "index.json", text, err);
}

static int open_blobs(struct folder *f, struct mkr_error *err)
{
	if (mkdirat(f->dir, "blobs", 0777) < 0 && errno != EEXIST)
		return fail_to("write into", f, err);
	cleanup_fd int blobs = openat(f->dir, "blobs", DIR_FLAGS);
	if (blobs < 0 || (mkdirat(blobs, "sha256", 0777) < 0 && errno != EEXIST))
		return fail_to("write into", f, err);
	int fd = openat(blobs, "sha256", DIR_FLAGS);
	return fd < 0 ? fail_to("write into", f, err) : fd;
}

/* A blob of that name is that blob, unless somebody cut it off. */
static bool has_blob(int from, int to, const char *hex)
{
	struct stat a, b;
	return fstatat(from, hex, &a, AT_SYMLINK_NOFOLLOW) == 0 &&
		fstatat(to, hex, &b, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(b.st_mode) &&
		a.st_size == b.st_size;
}

static int move_blobs(struct folder *f, int to, struct mkr_error *err)
{
	for (size_t i = 0; i < f->made.n; i++) {
		struct blob *b = &f->made.at[i];
		if (has_blob(f->blobs, to, b->hex))
			continue;
		if (renameat(f->blobs, b->hex, to, b->hex) < 0) {
			if (errno == ENOENT)
				continue; /* the same blob twice in one image */
			return fail_to("write into", f, err);
		}
		b->moved = true;
	}
	return 0;
}

static void take_blobs_back(struct folder *f, int from)
{
	for (size_t i = 0; i < f->made.n; i++)
		if (f->made.at[i].moved)
			unlinkat(from, f->made.at[i].hex, 0);
}

/* index.json says what there is: it is the last, and comes by a rename. */
static int replace_index(struct folder *f, enum layout_kind kind, struct mkr_error *err)
{
	if (kind == LAYOUT_EMPTY && renameat(f->stage, "oci-layout", f->dir, "oci-layout") < 0)
		return fail_to("write into", f, err);
	if (renameat(f->stage, "index.json", f->dir, "index.json") < 0)
		return fail_to("write into", f, err);
	return 0;
}

/* Into a layout that is there. One writer at a time reads, changes and replaces the index. */
static int add_to_layout(struct folder *f, const json_t *descriptor, struct mkr_error *err)
{
	const char *path = f->head.args->path;
	json_t *index = NULL;
	enum layout_kind kind = LAYOUT_THERE;
	/* A file system without locks has no other writers that would ask for one. */
	while (flock(f->dir, LOCK_EX) < 0 && errno == EINTR)
		;
	int r = layout_read(f->dir, path, &kind, &index, err);
	if (r == -EEXIST)
		r = -EPERM;
	if (r == 0 && !index)
		index = index_new();
	if (r == 0) {
		index_set(index, descriptor);
		r = finish_stage(f, index, err);
	}
	cleanup_fd int blobs = r < 0 ? -1 : open_blobs(f, err);
	if (r == 0 && blobs < 0)
		r = blobs;
	if (r == 0) {
		r = move_blobs(f, blobs, err);
		if (r == 0)
			r = replace_index(f, kind, err);
		if (r < 0)
			take_blobs_back(f, blobs);
	}
	json_decref(index);
	return r;
}

/* Returns 1 when somebody else has the name now. */
static int name_stage(struct folder *f, const json_t *descriptor, struct mkr_error *err)
{
	json_t *index = index_new();
	index_set(index, descriptor);
	int r = finish_stage(f, index, err);
	json_decref(index);
	if (r < 0)
		return r;
	r = renameat2(f->parent, f->temp, f->parent, f->name, RENAME_NOREPLACE);
	if (r < 0 && (errno == EINVAL || errno == ENOSYS))
		r = renameat(f->parent, f->temp, f->parent, f->name);
	if (r < 0 && (errno == EEXIST || errno == ENOTEMPTY))
		return 1;
	if (r < 0)
		return fail_to("create", f, err);
	f->temp[0] = '\0';
	return 0;
}

/* Somebody else made the layout in the meantime: the stage is beside it now, and its files are
 * moved from there. */
static int join(struct folder *f, const json_t *descriptor, struct mkr_error *err)
{
	unlinkat(f->stage, "oci-layout", 0);
	unlinkat(f->stage, "index.json", 0);
	cleanup_fd int dir = openat(f->parent, f->name, DIR_FLAGS);
	if (dir < 0)
		return fail_to("create", f, err);
	f->dir = dir;
	int r = add_to_layout(f, descriptor, err);
	f->dir = -1;
	return r;
}

static int folder_commit(
	struct store *s, const json_t *descriptor, const json_t *docker, struct mkr_error *err)
{
	(void)docker;
	struct folder *f = (struct folder *)s;
	if (f->dir >= 0)
		return add_to_layout(f, descriptor, err);
	int r = name_stage(f, descriptor, err);
	return r > 0 ? join(f, descriptor, err) : r;
}

static const struct store_ops folder_ops = {
	.begin = folder_begin,
	.end = folder_end,
	.commit = folder_commit,
	.free = folder_free,
};

int layout_open(struct store **out, const struct sink_args *args, struct mkr_error *err)
{
	struct folder *f = calloc(1, sizeof(*f));
	if (!f)
		out_of_memory();
	*f = (struct folder){ .head = { .ops = &folder_ops, .args = args },
		.dir = -1,
		.parent = -1,
		.stage = -1,
		.blobs = -1,
		.fd = -1 };
	int r = find_place(f, err);
	if (r == 0)
		r = make_stage(f, err);
	if (r < 0) {
		folder_free(&f->head);
		return r;
	}
	*out = &f->head;
	return 0;
}
