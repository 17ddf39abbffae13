#include "sink/dir_merge.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *type_name(mode_t mode)
{
	return S_ISREG(mode)     ? "a file"
		: S_ISDIR(mode)  ? "a folder"
		: S_ISLNK(mode)  ? "a symbolic link"
		: S_ISFIFO(mode) ? "a FIFO"
		: S_ISSOCK(mode) ? "a socket"
				 : "a device";
}

static int conflict(const struct merge *m, int dir, const char *base, const struct mkr_entry *e,
	const struct stat *st, struct mkr_error *err)
{
	char target[PATH_MAX] = "";
	if (S_ISLNK(st->st_mode) && readlinkat(dir, base, target, sizeof(target) - 1) < 0)
		target[0] = '\0';
	mkr_failx(err, -EEXIST, "'%s' in '%s' is %s%s%s, but %s is to be there", e->path, m->name,
		type_name(st->st_mode), *target ? " to " : "", target, type_name(e->mode));
	mkr_detail(err, "new", "%s%s%s: %s", type_name(e->mode), S_ISLNK(e->mode) ? " to " : "",
		S_ISLNK(e->mode) ? e->target : "", e->because ? e->because : "");
	return -EEXIST;
}

static bool same_link(int dir, const char *base, const struct mkr_entry *e)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(dir, base, target, sizeof(target));
	return n >= 0 && (size_t)n == strlen(e->target) &&
		memcmp(target, e->target, (size_t)n) == 0;
}

/* Whether names can be put into this directory by rename(2) from the top one. */
static int check_receiver(
	struct merge *m, int dir, const struct mkr_entry *e, struct mkr_error *err)
{
	struct stat st, top;
	if (faccessat(dir, ".", W_OK | X_OK, AT_EACCESS) < 0)
		return mkr_fail(err, -errno, "cannot create '%s' in '%s'", e->path, m->name);
	if (fstat(dir, &st) < 0 || fstat(m->into.top, &top) < 0)
		return mkr_fail(err, -errno, "cannot stat '%s'", m->name);
	if (st.st_dev != top.st_dev)
		return mkr_failx(
			err, -EXDEV, "'%s' in '%s' lies on another file system", e->path, m->name);
	return 0;
}

static int compare(struct merge *m, size_t i, struct mkr_error *err)
{
	const struct mkr_entry *e = &m->entries[i];
	const char *base;
	struct stat st;
	int dir = tree_parent(&m->into, e->path, &base);
	if (dir == -ENOENT) {
		m->fate[i] = FATE_CARRIED;
		return 0;
	}
	if (dir < 0)
		return mkr_fail(
			err, dir, "cannot open the folder of '%s' in '%s'", e->path, m->name);
	bool there = fstatat(dir, base, &st, AT_SYMLINK_NOFOLLOW) == 0;
	if (!there && errno != ENOENT)
		return mkr_fail(err, -errno, "cannot stat '%s' in '%s'", e->path, m->name);
	/* /lib64 of one system is a folder, that of another a link to one: a link that stays inside
	 * is as good. One that leads out of the folder leads nowhere here, so it is a conflict. */
	if (there && S_ISDIR(e->mode) && S_ISLNK(st.st_mode) && tree_is_dir(&m->into, e->path)) {
		m->fate[i] = FATE_KEPT;
		return 0;
	}
	if (there && (st.st_mode & S_IFMT) != (e->mode & S_IFMT))
		return conflict(m, dir, base, e, &st, err);
	if (there && (S_ISDIR(e->mode) || (S_ISLNK(e->mode) && same_link(dir, base, e)))) {
		m->fate[i] = FATE_KEPT;
		return 0;
	}
	m->fate[i] = there ? FATE_SWAPPED : FATE_MOVED;
	return check_receiver(m, dir, e, err);
}

int merge_compare(struct merge *m, struct mkr_error *err)
{
	int r = 0;
	for (size_t i = 0; i < m->n && r == 0; i++)
		r = compare(m, i, err);
	tree_reset(&m->into);
	return r;
}

static bool is_unknown(int code)
{
	return code == EINVAL || code == ENOSYS;
}

/* renameat2(2); file systems that know none of its flags get a plain rename. */
static int rename_in(int from, const char *base, int to, unsigned char *fate)
{
	unsigned flags = *fate == FATE_SWAPPED ? RENAME_EXCHANGE : RENAME_NOREPLACE;
	if (renameat2(from, base, to, base, flags) == 0)
		return 0;
	if (!is_unknown(errno) || renameat(from, base, to, base) < 0)
		return -errno;
	if (*fate == FATE_SWAPPED)
		*fate = FATE_REPLACED;
	return 0;
}

static int move_in(struct merge *m, struct stage *s, size_t i, struct mkr_error *err)
{
	if (m->fate[i] != FATE_MOVED && m->fate[i] != FATE_SWAPPED)
		return 0;
	const struct mkr_entry *e = &m->entries[i];
	const char *base;
	int from = tree_parent(&s->tree, e->path, &base);
	int to = from < 0 ? from : tree_parent(&m->into, e->path, &base);
	int r = to < 0 ? to : rename_in(from, base, to, &m->fate[i]);
	return r < 0 ? mkr_fail(err, r, "cannot put '%s' into '%s'", e->path, m->name) : 0;
}

/* The first `n` entries go back to where they were. What was replaced without a swap stays new. */
static void move_out(struct merge *m, struct stage *s, size_t n)
{
	for (size_t i = n; i-- > 0;) {
		const struct mkr_entry *e = &m->entries[i];
		const char *base;
		if (m->fate[i] != FATE_MOVED && m->fate[i] != FATE_SWAPPED)
			continue;
		int from = tree_parent(&m->into, e->path, &base);
		int to = from < 0 ? from : tree_parent(&s->tree, e->path, &base);
		if (to < 0)
			continue;
		if (S_ISDIR(e->mode)) /* to move a directory one must be able to write to it */
			fchmodat(from, base, 0700, 0);
		if (m->fate[i] == FATE_SWAPPED)
			renameat2(from, base, to, base, RENAME_EXCHANGE);
		else
			renameat(from, base, to, base);
	}
}

int merge_apply(struct merge *m, struct stage *s, struct mkr_error *err)
{
	int r = 0;
	size_t moved = 0;
	for (; moved < m->n && r == 0; moved++)
		r = move_in(m, s, moved, err);
	if (r < 0)
		moved--;
	for (size_t i = m->n; i-- > 0 && r == 0;)
		if (m->fate[i] == FATE_MOVED && S_ISDIR(m->entries[i].mode))
			r = stage_finish_dir(s, &m->into, &m->entries[i], err);
	if (r < 0)
		move_out(m, s, moved);
	tree_reset(&m->into);
	return r;
}
