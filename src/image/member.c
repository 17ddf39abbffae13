#include "image/member.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/map.h"
#include "image/aside.h"
#include "image/meta.h"
#include "image/upper.h"
#include "image/whiteout.h"
#include "os/walk.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* A folder gets its mode and time at the end: a read-only one must be filled first, and each file
 * that goes in changes its time. Known by inode, as a link may give it a second name. */
struct folder {
	ino_t ino;
	const char *path;
	struct meta meta;
	UT_hash_handle hh;
};

enum { FOLDER_BYTES_MAX = 256 << 20 };

/* Where a member goes. */
struct spot {
	char path[PATH_MAX];
	int parent;
	const char *name;
};

void unpack_init(struct unpack *u, int dirfd, enum mkr_owners owners)
{
	*u = (struct unpack){ .owners = owners, .arena = arena_new() };
	place_init(&u->place, dirfd);
}

void unpack_done(struct unpack *u)
{
	place_done(&u->place);
	HASH_CLEAR(hh, u->folders);
	arena_free(u->arena);
}

static int write_all(int fd, const char *p, size_t n, off_t at, struct mkr_error *err)
{
	while (n) {
		ssize_t did = pwrite(fd, p, n, at);
		if (did < 0 && errno == EINTR)
			continue;
		if (did < 0)
			return mkr_fail(err, -errno, "cannot write it");
		p += did;
		n -= (size_t)did;
		at += did;
	}
	return 0;
}

/* Holes stay holes: a block names its offset. */
static int copy_data(struct archive *a, struct archive_entry *entry, int fd, struct mkr_error *err)
{
	const void *block;
	size_t n;
	la_int64_t at, end = 0;
	int r;
	while ((r = archive_read_data_block(a, &block, &n, &at)) == ARCHIVE_OK) {
		if (at < 0)
			return mkr_failx(err, -EBADMSG, "a block at a negative offset");
		int w = write_all(fd, block, n, at, err);
		if (w < 0)
			return w;
		if (at + (la_int64_t)n > end)
			end = at + (la_int64_t)n;
	}
	if (r != ARCHIVE_EOF)
		return mkr_failx(err, -EBADMSG, "%s",
			archive_error_string(a) ? archive_error_string(a) : "damaged");
	if (archive_entry_size(entry) > end && ftruncate(fd, archive_entry_size(entry)) < 0)
		return mkr_fail(err, -errno, "cannot make it %lld bytes long",
			(long long)archive_entry_size(entry));
	return 0;
}

static int unpack_file(struct unpack *u, struct archive *a, struct archive_entry *entry,
	const struct spot *s, const struct meta *m, struct mkr_error *err)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	cleanup_fd int fd = openat(s->parent, s->name, flags, 0600);
	if (fd < 0 && errno == EEXIST) {
		int r = place_clear(&u->place, s->parent, s->name, err);
		if (r < 0)
			return r;
		fd = openat(s->parent, s->name, flags, 0600);
	}
	if (fd < 0)
		return mkr_fail(err, -errno, "cannot make it");
	int r = archive_entry_filetype(entry) == S_IFREG ? copy_data(a, entry, fd, err) : 0;
	if (r < 0)
		return r;
	r = meta_apply(m, fd, err);
	/* chown(2) takes file capabilities away; a new user.* does not touch the mtime. */
	if (!u->aside)
		meta_xattrs(entry, fd);
	return r;
}

/* Links and FIFOs: what is made by one call with a name. */
static int make_special(const struct spot *s, const char *target)
{
	return target ? symlinkat(target, s->parent, s->name) : mkfifoat(s->parent, s->name, 0600);
}

static int unpack_special(struct unpack *u, const char *target, const struct spot *s,
	const struct meta *m, struct mkr_error *err)
{
	int r = make_special(s, target);
	if (r < 0 && errno == EEXIST) {
		int cleared = place_clear(&u->place, s->parent, s->name, err);
		if (cleared < 0)
			return cleared;
		r = make_special(s, target);
	}
	if (r < 0)
		return mkr_fail(err, -errno, "cannot make it");
	return meta_apply_at(m, s->parent, s->name, err);
}

static bool same_file(int dir1, const char *name1, int dir2, const char *name2)
{
	struct stat a, b;
	return fstatat(dir1, name1, &a, AT_SYMLINK_NOFOLLOW) == 0 &&
		fstatat(dir2, name2, &b, AT_SYMLINK_NOFOLLOW) == 0 && a.st_ino == b.st_ino &&
		a.st_dev == b.st_dev;
}

static int unpack_hardlink(
	struct unpack *u, const char *target, const struct spot *s, struct mkr_error *err)
{
	char path[PATH_MAX];
	int r = place_clean(path, target, err);
	if (r < 0)
		return mkr_wrap(err, r, "hard link to '%s'", target);
	/* place_find() lends one descriptor at a time. */
	cleanup_fd int here = fcntl(s->parent, F_DUPFD_CLOEXEC, 3);
	if (here < 0)
		return mkr_fail(err, -errno, "cannot keep its folder open");
	int there;
	const char *name;
	r = place_find(&u->place, path, false, &there, &name, err);
	if (r < 0)
		return mkr_wrap(err, r, "hard link to '%s'", target);
	r = linkat(there, name, here, s->name, 0);
	if (r < 0 && errno == EEXIST) {
		if (same_file(there, name, here, s->name))
			return 0;
		r = place_clear(&u->place, here, s->name, err);
		if (r < 0)
			return r;
		r = linkat(there, name, here, s->name, 0);
	}
	if (r < 0)
		return mkr_fail(err, -errno, "hard link to '%s'", target);
	return 0;
}

static int remember_folder(
	struct unpack *u, const char *path, const struct meta *m, ino_t ino, struct mkr_error *err)
{
	struct folder *f;
	HASH_FIND(hh, u->folders, &ino, sizeof(ino), f);
	if (arena_used(u->arena) > FOLDER_BYTES_MAX)
		return mkr_failx(err, -EFBIG, "too many folders");
	if (f) {
		f->meta = *m;
		if (strcmp(f->path, path) != 0)
			f->path = arena_dup(
				u->arena, path); /* another name, or a number used again */
		return 0;
	}
	f = arena_new_of(u->arena, struct folder);
	*f = (struct folder){ .ino = ino, .path = arena_dup(u->arena, path), .meta = *m };
	HASH_ADD(hh, u->folders, ino, sizeof(f->ino), f);
	return 0;
}

static int unpack_folder(struct unpack *u, struct archive_entry *entry, const struct spot *s,
	const struct meta *m, struct mkr_error *err)
{
	const char *name = *s->name ? s->name : "."; /* the root itself */
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	if (*s->name && mkdirat(s->parent, name, 0700) < 0 && errno != EEXIST)
		return mkr_fail(err, -errno, "cannot make the folder");
	cleanup_fd int fd = openat(s->parent, name, flags);
	if (fd < 0 && (errno == ENOTDIR || errno == ELOOP)) {
		int r = place_clear(&u->place, s->parent, name, err);
		if (r < 0)
			return r;
		if (mkdirat(s->parent, name, 0700) < 0)
			return mkr_fail(err, -errno, "cannot make the folder");
		fd = openat(s->parent, name, flags);
	}
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0)
		return mkr_fail(err, -errno, "cannot open the folder");
	if (!u->aside)
		meta_xattrs(entry, fd);
	return remember_folder(u, *s->path ? s->path : ".", m, st.st_ino, err);
}

/* The file has no more than its owner needs to read it. */
static int keep_aside(struct unpack *u, struct archive_entry *entry, const struct spot *s,
	const struct meta *m, struct mkr_error *err)
{
	struct stat st;
	if (fstatat(s->parent, *s->name ? s->name : ".", &st, AT_SYMLINK_NOFOLLOW) < 0)
		return mkr_fail(err, -errno, "cannot stat it");
	return aside_note(u->aside, &st, m, entry, err);
}

static int unpack_at(struct unpack *u, struct archive *a, struct archive_entry *entry,
	const struct spot *s, const struct meta *m, struct mkr_error *err)
{
	const char *target = archive_entry_hardlink(entry);
	mode_t type = archive_entry_filetype(entry);
	if (!*s->name && (target || type != S_IFDIR))
		return mkr_failx(err, -EINVAL, "the root can only be a folder");
	if (target)
		return unpack_hardlink(u, target, s, err);
	switch (type) {
	case S_IFDIR:
		return unpack_folder(u, entry, s, m, err);
	case S_IFLNK:
		target = archive_entry_symlink(entry);
		if (!target || !*target)
			return mkr_failx(err, -EINVAL, "a link that points to nothing");
		return unpack_special(u, target, s, m, err);
	case S_IFIFO:
		return unpack_special(u, NULL, s, m, err);
	case S_IFREG:
	case S_IFBLK:
	case S_IFCHR:
		return unpack_file(u, a, entry, s, m, err);
	default:
		return mkr_failx(err, -ENOTSUP, "it is of an unknown type (%o)", (unsigned)type);
	}
}

/* /dev is the launcher's; a device of the archive's choice is a way out, but an empty file is none.
 */
static bool is_left_out(const struct unpack *u, struct archive_entry *entry)
{
	mode_t type = archive_entry_filetype(entry);
	return ((type == S_IFBLK || type == S_IFCHR) && !u->aside) || type == S_IFSOCK;
}

static int unpack_one(struct unpack *u, struct archive *a, struct archive_entry *entry,
	const struct spot *s, const struct meta *m, struct mkr_error *err)
{
	struct meta bare = *m;
	bare.mode = (m->mode & 0777) | (archive_entry_filetype(entry) == S_IFDIR ? 0700 : 0600);
	int r = unpack_at(u, a, entry, s, u->aside ? &bare : m, err);
	if (r < 0 || !u->aside || archive_entry_hardlink(entry))
		return r;
	return keep_aside(u, entry, s, m, err);
}

int member_unpack(
	struct unpack *u, struct archive *a, struct archive_entry *entry, struct mkr_error *err)
{
	const char *name = archive_entry_pathname(entry);
	enum whiteout whiteout = NOT_A_WHITEOUT;
	struct spot s;
	struct meta m;
	if (!name)
		return mkr_failx(err, -EILSEQ, "its name cannot be read");
	if (is_left_out(u, entry))
		return 0;
	int r = place_clean(s.path, name, err);
	if (r == 0 && u->layered)
		r = whiteout_look(&whiteout, s.path, err);
	if (r == 0 && whiteout != NOT_A_WHITEOUT)
		return whiteout_apply(u, whiteout, s.path, err);
	if (r == 0)
		r = meta_read(&m, entry, u->owners, err);
	if (r == 0)
		r = place_find(&u->place, s.path, true, &s.parent, &s.name, err);
	if (r == 0 && u->upper)
		r = upper_note(u->upper, s.parent, s.name, err);
	return r == 0 ? unpack_one(u, a, entry, &s, &m, err) : r;
}

/* Backwards: what lies inside a folder was made after it, and may be out of reach once it has its
 * own mode. A folder that a later member replaced is no longer the one that was remembered. */
int unpack_finish(struct unpack *u, struct mkr_error *err)
{
	if (!u->folders)
		return 0;
	struct UT_hash_table *table = u->folders->hh.tbl;
	struct folder *f = ELMT_FROM_HH(table, table->tail);
	for (; f; f = f->hh.prev) {
		cleanup_fd int path_fd =
			walk_path(u->place.rootfd, f->path, true, NULL, NULL, NULL);
		struct stat st;
		if (path_fd < 0 || fstat(path_fd, &st) < 0 || st.st_ino != f->ino ||
			!S_ISDIR(st.st_mode))
			continue;
		cleanup_fd int fd = openat(path_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			return mkr_fail(err, -errno, "member '%s': cannot open it", f->path);
		int r = meta_apply(&f->meta, fd, err);
		if (r < 0)
			return mkr_wrap(err, r, "member '%s'", f->path);
	}
	return 0;
}
