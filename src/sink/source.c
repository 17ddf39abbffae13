#include "sink/source.h"

#include "base/cleanup.h"
#include "os/root.h"

#include <errno.h>
#include <sys/sysmacros.h>

bool entry_has_source(const struct mkr_entry *e)
{
	return S_ISREG(e->mode) && !e->target && e->from;
}

int64_t newest_mtime(const struct mkr_entry *entries, size_t n)
{
	int64_t newest = n ? entries[0].mtime : 0;
	for (size_t i = 1; i < n; i++)
		if (entries[i].mtime > newest)
			newest = entries[i].mtime;
	return newest;
}

int64_t newest_file_mtime(const struct mkr_entry *entries, size_t n)
{
	int64_t newest = 0;
	for (size_t i = 0; i < n; i++)
		if (!S_ISDIR(entries[i].mode) && entries[i].mtime > newest)
			newest = entries[i].mtime;
	return newest;
}

int source_stale(const struct mkr_entry *e, struct mkr_error *err)
{
	const char *slash = e->source[0] == '/' ? "" : "/";
	return mkr_failx(err, -ESTALE, "'%s%s' changed while it was read", slash, e->source);
}

static bool same_time(const struct mkr_entry *e, int64_t newest, const struct stat *st)
{
	if (e->mtime == newest && e->mtime_nsec == 0 && st->st_mtim.tv_sec >= e->mtime)
		return true; /* clamped, perhaps */
	return st->st_mtim.tv_sec == e->mtime && st->st_mtim.tv_nsec == e->mtime_nsec;
}

int source_open(const struct mkr_entry *e, int64_t newest, struct stat *st, struct mkr_error *err)
{
	cleanup_fd int fd = root_open_file(e->from, e->source, st);
	if (fd == -ENOENT || fd == -EISDIR || fd == -EINVAL || fd == -ENXIO || fd == -ENOTDIR)
		return source_stale(e, err);
	if (fd < 0)
		return mkr_fail(err, fd, "cannot open '%s'", e->source);
	bool same =
		st->st_dev == e->dev && st->st_ino == e->ino && (uint64_t)st->st_size == e->size;
	if (!same || !same_time(e, newest, st))
		return source_stale(e, err);
	return steal_fd(&fd);
}

int source_check(
	const struct mkr_entry *e, int fd, const struct stat *before, struct mkr_error *err)
{
	struct stat now;
	if (fstat(fd, &now) < 0)
		return mkr_fail(err, -errno, "cannot stat '%s'", e->source);
	/* Not the ctime: a link made to the file or taken from it changes that too. */
	bool same = now.st_size == before->st_size &&
		now.st_mtim.tv_sec == before->st_mtim.tv_sec &&
		now.st_mtim.tv_nsec == before->st_mtim.tv_nsec;
	return same ? 0 : source_stale(e, err);
}
