#include "image/meta.h"

#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

int meta_read(
	struct meta *m, struct archive_entry *entry, enum mkr_owners owners, struct mkr_error *err)
{
	int64_t uid = archive_entry_uid(entry), gid = archive_entry_gid(entry);
	/* (uid_t)-1 would mean "leave it" to chown(2). */
	if (uid < 0 || uid >= UINT32_MAX || gid < 0 || gid >= UINT32_MAX)
		return mkr_failx(err, -EINVAL, "its owner %lld:%lld does not exist", (long long)uid,
			(long long)gid);
	*m = (struct meta){
		.uid = (uint32_t)uid,
		.gid = (uint32_t)gid,
		.mode = archive_entry_perm(entry) & 07777,
		.chown = owners == MKR_OWNERS_STORED,
		.has_mtime = archive_entry_mtime_is_set(entry) != 0,
		.mtime = { .tv_sec = archive_entry_mtime(entry),
			.tv_nsec = archive_entry_mtime_nsec(entry) },
	};
	if (m->mtime.tv_nsec < 0 || m->mtime.tv_nsec > 999999999)
		m->mtime.tv_nsec = 0;
	return 0;
}

static int owner_failed(const struct meta *m, struct mkr_error *err)
{
	if (errno == EINVAL)
		return mkr_failx(err, -EINVAL,
			"its owner %u:%u has no place in this user namespace", m->uid, m->gid);
	return mkr_fail(err, -errno, "cannot give it to %u:%u", m->uid, m->gid);
}

int meta_apply(const struct meta *m, int fd, struct mkr_error *err)
{
	/* The owner first: chown(2) takes set-id bits away. */
	if (m->chown && fchown(fd, m->uid, m->gid) < 0)
		return owner_failed(m, err);
	if (fchmod(fd, m->mode) < 0)
		return mkr_fail(err, -errno, "cannot set its mode");
	if (m->has_mtime && futimens(fd, (struct timespec[]){ m->mtime, m->mtime }) < 0)
		return mkr_fail(err, -errno, "cannot set its time");
	return 0;
}

int meta_apply_at(const struct meta *m, int parent, const char *name, struct mkr_error *err)
{
	struct stat st;
	if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return mkr_fail(err, -errno, "cannot stat it");
	if (m->chown && fchownat(parent, name, m->uid, m->gid, AT_SYMLINK_NOFOLLOW) < 0)
		return owner_failed(m, err);
	if (!S_ISLNK(st.st_mode) && fchmodat(parent, name, m->mode, 0) < 0)
		return mkr_fail(err, -errno, "cannot set its mode");
	struct timespec times[] = { m->mtime, m->mtime };
	if (m->has_mtime && utimensat(parent, name, times, AT_SYMLINK_NOFOLLOW) < 0)
		return mkr_fail(err, -errno, "cannot set its time");
	return 0;
}

/* security.selinux and trusted.* belong to the machine that wrote the archive. */
bool meta_takes_xattr(const char *name)
{
	return strncmp(name, "user.", 5) == 0 || strcmp(name, "security.capability") == 0;
}

void meta_xattrs(struct archive_entry *entry, int fd)
{
	const char *name;
	const void *value;
	size_t size;
	archive_entry_xattr_reset(entry);
	while (archive_entry_xattr_next(entry, &name, &value, &size) == 0)
		if (meta_takes_xattr(name))
			fsetxattr(fd, name, value, size, 0);
}
