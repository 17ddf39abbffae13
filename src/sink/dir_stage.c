#include "sink/dir_stage.h"

#include "base/cleanup.h"
#include "os/write.h"
#include "sink/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

static int cannot(const struct mkr_entry *e, const char *what, struct mkr_error *err)
{
	return mkr_fail(err, -errno, "cannot %s '%s'", what, e->path);
}

static void times_of(const struct mkr_entry *e, struct timespec times[2])
{
	times[0] = (struct timespec){ .tv_nsec = UTIME_OMIT };
	times[1] = (struct timespec){ .tv_sec = e->mtime, .tv_nsec = e->mtime_nsec };
}

/* What an ordinary user may not set, or this file system not hold, is lost with a warning. */
static int set_xattrs(struct stage *s, int fd, const struct mkr_entry *e, struct mkr_error *err)
{
	if (e->n_xattrs && fchmod(fd, 0700) < 0) /* "user." needs the right to write */
		return cannot(e, "set the mode of", err);
	for (size_t i = 0; i < e->n_xattrs; i++) {
		const struct mkr_xattr *x = &e->xattrs[i];
		if (fsetxattr(fd, x->name, x->value, x->size, 0) == 0)
			continue;
		if (errno != ENOTSUP && errno != EPERM)
			return cannot(e, x->name, err);
		sink_warn(s->to, "'%s': %s is left out: %s", e->path, x->name, strerror(errno));
	}
	return 0;
}

/* The bits that an ordinary user's file keeps. The caller stands for root (mkr_policy), so root's
 * set-id bits stay; others would give away the caller's own powers, as chown(2) has it too. */
static mode_t safe_mode(struct stage *s, const struct mkr_entry *e)
{
	mode_t mode = e->mode & 07777;
	if (s->is_root || S_ISDIR(e->mode))
		return mode;
	mode_t lost = (e->uid ? S_ISUID : 0) | (e->gid ? S_ISGID : 0);
	if (mode & lost)
		sink_warn(s->to, "'%s': set-id bits are left out: its owner %u:%u cannot be set",
			e->path, e->uid, e->gid);
	return mode & ~lost;
}

/* A root that may not after all (a user namespace without that id, no CAP_CHOWN) goes on as an
 * ordinary user does. */
static int set_owner(struct stage *s, int dir, const char *base, const struct mkr_entry *e,
	struct mkr_error *err)
{
	if (!s->is_root ||
		fchownat(dir, base, e->uid, e->gid, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) == 0)
		return 0;
	if (errno != EINVAL && errno != EPERM)
		return cannot(e, "set the owner of", err);
	sink_warn(s->to, "'%s': its owner %u:%u cannot be set; from here on none is: %s", e->path,
		e->uid, e->gid, strerror(errno));
	s->is_root = false;
	return 0;
}

/* In this order: chown(2) takes set-id bits and capabilities away. */
static int set_meta(struct stage *s, int fd, const struct mkr_entry *e, struct mkr_error *err)
{
	struct timespec times[2];
	times_of(e, times);
	int r = set_owner(s, fd, "", e, err);
	if (r < 0)
		return r;
	r = set_xattrs(s, fd, e, err);
	if (r < 0)
		return r;
	if (fchmod(fd, safe_mode(s, e)) < 0)
		return cannot(e, "set the mode of", err);
	return futimens(fd, times) < 0 ? cannot(e, "set the time of", err) : 0;
}

/* For what has no descriptor of its own: links and nodes. */
static int set_meta_at(struct stage *s, int dir, const char *base, const struct mkr_entry *e,
	struct mkr_error *err)
{
	struct timespec times[2];
	times_of(e, times);
	for (size_t i = 0; i < e->n_xattrs; i++)
		sink_warn(s->to, "'%s': %s is left out: not a file or folder", e->path,
			e->xattrs[i].name);
	int r = set_owner(s, dir, base, e, err);
	if (r < 0)
		return r;
	if (!S_ISLNK(e->mode) && fchmodat(dir, base, e->mode & 07777, 0) < 0)
		return cannot(e, "set the mode of", err);
	return utimensat(dir, base, times, AT_SYMLINK_NOFOLLOW) < 0
		? cannot(e, "set the time of", err)
		: 0;
}

static int put_content(int to, const struct mkr_entry *e, int fd, struct mkr_error *err)
{
	struct copied copied;
	int r = fd < 0 ? write_all(to, e->data, e->size) : copy_sparse(to, fd, e->size, &copied);
	if (r < 0 && fd >= 0 && copied.reading)
		return mkr_fail(err, r, "cannot read '%s'", e->source);
	if (r < 0)
		return mkr_fail(err, r, "cannot write '%s'", e->path);
	return fd < 0 || copied.n == e->size ? 0 : source_stale(e, err);
}

static int make_file(struct stage *s, int dir, const char *base, const struct mkr_entry *e, int fd,
	struct mkr_error *err)
{
	cleanup_fd int to = openat(
		dir, base, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC, 0600);
	if (to < 0)
		return cannot(e, "create", err);
	int r = put_content(to, e, fd, err);
	if (r == 0)
		r = set_meta(s, to, e, err);
	if (r == 0 && close(steal_fd(&to)) < 0)
		r = cannot(e, "write", err);
	return r;
}

static int make_hard_link(struct stage *s, int dir, const char *base, const struct mkr_entry *e,
	struct mkr_error *err)
{
	const char *first;
	int from = tree_parent(&s->links, e->target, &first);
	if (from < 0 || linkat(from, first, dir, base, 0) < 0)
		return mkr_fail(err, from < 0 ? from : -errno, "cannot link '%s' to '%s'", e->path,
			e->target);
	return 0;
}

int stage_entry(struct stage *s, const struct mkr_entry *e, int fd, struct mkr_error *err)
{
	const char *base;
	int dir = tree_parent(&s->tree, e->path, &base);
	if (dir < 0)
		return mkr_fail(err, dir, "cannot create '%s'", e->path);
	if (S_ISDIR(e->mode)) {
		/* Twice, as the umask may deny its owner what is needed to fill it. */
		bool made = mkdirat(dir, base, 0700) == 0 && fchmodat(dir, base, 0700, 0) == 0;
		return made ? 0 : cannot(e, "create", err);
	}
	if (S_ISREG(e->mode))
		return e->target ? make_hard_link(s, dir, base, e, err)
				 : make_file(s, dir, base, e, fd, err);
	int r;
	if (S_ISLNK(e->mode))
		r = symlinkat(e->target, dir, base);
	else
		r = mknodat(
			dir, base, (e->mode & S_IFMT) | 0600, makedev(e->dev_major, e->dev_minor));
	if (r < 0) {
		r = cannot(e, "create", err);
		if (r == -EPERM && !S_ISLNK(e->mode))
			mkr_detail(
				err, "hint", "only root may make device nodes; a tar holds them");
		return r;
	}
	return set_meta_at(s, dir, base, e, err);
}

int stage_finish_dir(
	struct stage *s, struct tree *t, const struct mkr_entry *e, struct mkr_error *err)
{
	const char *base;
	int parent = tree_parent(t, e->path, &base);
	cleanup_fd int fd = parent < 0
		? -1
		: openat(parent, base, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return mkr_fail(err, parent < 0 ? parent : -errno, "cannot open '%s'", e->path);
	return set_meta(s, fd, e, err);
}

void stage_remove(struct stage *s, const struct mkr_entry *entries, size_t n)
{
	const char *base;
	/* Directories that have their mode already may be closed to an ordinary user. */
	for (size_t i = 0; i < n && !s->is_root; i++) {
		int dir = S_ISDIR(entries[i].mode) ? tree_parent(&s->tree, entries[i].path, &base)
						   : -1;
		if (dir >= 0)
			fchmodat(dir, base, 0700, 0);
	}
	for (size_t i = n; i-- > 0;) {
		int dir = tree_parent(&s->tree, entries[i].path, &base);
		if (dir >= 0)
			unlinkat(dir, base, S_ISDIR(entries[i].mode) ? AT_REMOVEDIR : 0);
	}
	tree_reset(&s->tree);
	tree_reset(&s->links);
}
