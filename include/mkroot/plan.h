/* The plan: everything a root will hold, as data, with the reason for each entry.
 *
 * Nothing is written before the plan is whole; what a sink needs to know is in its entries. */
#ifndef MKROOT_PLAN_H
#define MKROOT_PLAN_H

#include <mkroot/closure.h>
#include <mkroot/error.h>
#include <mkroot/root.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An extended attribute as the kernel gives it, e.g. "security.capability". */
struct mkr_xattr {
	const char *name;
	const void *value;
	size_t size;
};

/* One name in the new root. The type is in `mode`, as in struct stat. Paths are unique; sorted
 * bytewise, so a directory stands before what it holds and a hard link behind its first name. */
struct mkr_entry {
	const char *path; /* no leading slash, no "." or "..", never "" */
	const char *target; /* S_ISLNK: what the link holds. Regular file: the path of the entry it
			     * is a hard link to; NULL for a file of its own */
	const struct mkr_root
		*from; /* a regular file's bytes are those of `source` in `from` ... */
	const char *source; /* (a path that crosses no symbolic link) */
	const void *data; /* ... or, when `from` is NULL, these `size` bytes */
	const char *because; /* what brought it, in words; never NULL */
	const char *set; /* the rule set on whose account it came, NULL: none */
	enum mkr_why why;
	const struct mkr_origin *package; /* in whose layer of an image it goes; NULL: nobody's, or
					   * neither mkr_policy.packages nor the set "packages" is
					   * on */
	uint64_t size; /* bytes; 0 for all but regular files and hard links to them */
	int64_t mtime; /* seconds since 1970 */
	uint32_t mtime_nsec; /* what folders keep and archives leave out */
	uint32_t mode, uid, gid;
	uint32_t dev_major, dev_minor; /* of a device node */
	uint64_t dev, ino; /* the source's identity, to notice that it was replaced */
	const struct mkr_xattr *xattrs;
	size_t n_xattrs;
};

/* A further name of a file that stands before it? */
static inline bool mkr_entry_is_hard_link(const struct mkr_entry *e)
{
	return S_ISREG(e->mode) && e->target;
}

/* The index of the entry whose path is exactly the `length` bytes, among `n` sorted ones; `n`:
 * there is none. */
size_t mkr_entry_index(const struct mkr_entry *entries, size_t n, const char *path, size_t length);

/* Entry `i`, or what it is a hard link to; `n`: that is not there. */
size_t mkr_entry_first(const struct mkr_entry *entries, size_t n, size_t i);

/* The entry of that path, or NULL. */
const struct mkr_entry *mkr_entry_find(const struct mkr_entry *entries, size_t n, const char *path);

enum mkr_owner { MKR_OWNER_KEEP, MKR_OWNER_SET };

/* How sources become entries. Zeroed it means: keep owners, no clamp. */
struct mkr_policy {
	enum mkr_owner owner;
	uint32_t uid, gid; /* MKR_OWNER_SET: everything's owner */
	bool caller_is_root; /* MKR_OWNER_KEEP: ids equal to caller_uid/gid are written as 0 */
	uint32_t caller_uid, caller_gid;
	bool clamp; /* times newer than `epoch` become it (SOURCE_DATE_EPOCH) */
	int64_t epoch; /* seconds since 1970 */
	bool packages; /* find out whose each file is */
	const struct mkr_root *target; /* a folder that the plan will be added to, or NULL */
	/* Told of each file of the target, or of the root of mkr_plan_tree(), and its inode number:
	 * what is known of it may differ from what stat(2) says. It changes owner, mode (of a file:
	 * to a device, too) and attributes, and returns true when the owner is not to be looked at
	 * further. With e->ino 0 the time is not known either: it becomes the newest file's. May be
	 * NULL. */
	bool (*known)(void *ctx, struct mkr_entry *e, uint64_t ino);
	void *known_ctx;
};

struct mkr_plan;

/* Makes the plan of a settled closure. It borrows the closure and its roots, which must outlive it.
 * Fails with -EACCES, -EIO ... for a source that cannot be read, -EEXIST for two things that want
 * one path. */
int mkr_plan_make(struct mkr_plan **out, const struct mkr_closure *c, const struct mkr_policy *p,
	struct mkr_error *err);

/* The plan of a whole root as it is, without its sockets. It borrows the root. Fails as
 * mkr_plan_make() does, and with -EFBIG for more than 4 million names. */
int mkr_plan_tree(struct mkr_plan **out, const struct mkr_root *root, const struct mkr_policy *p,
	struct mkr_error *err);

/* The plan of nothing. */
struct mkr_plan *mkr_plan_empty(void);

/* `top` laid over `base`, with what is in both told apart:
 *
 *   whole   what a root holds in the end; it borrows from both plans
 *   added   of that, what `base` does not have as it is, with the folders on the way to it
 *
 * Folders of the base stay as they are, its links to folders are followed, as if its files were in
 * a folder that is added to. A file or link of `top` takes the place of one of the base; the same
 * file is not added (one that is made may have another time), nor is what tells which system it is
 * out of if the base tells its own. -EEXIST: of another type than that in
 * the base, which `name` names; -EIO ... while comparing. */
struct mkr_laid {
	struct mkr_plan *whole, *added;
};
int mkr_plan_lay(struct mkr_laid *out, const struct mkr_plan *base, const struct mkr_plan *top,
	const char *name, struct mkr_error *err);

/* What makes `now` out of `base`, as a layer over it (image-spec, layer.md): what is new or other,
 * with the folders on the way, and for what is gone an empty file ".wh.NAME" whose `why` is
 * MKR_WHY_GONE. No entries: nothing has changed. Borrows from both. */
struct mkr_change {
	const char *const *made; /* as mkr_box.ended() has it; may be NULL */
	bool one_owner; /* `now` cannot tell owners: what is in the base has the owner it had, and
			 * all else is root's */
};
int mkr_plan_changes(struct mkr_plan **out, const struct mkr_plan *base, const struct mkr_plan *now,
	const struct mkr_change *how, struct mkr_error *err);

void mkr_plan_free(struct mkr_plan *p);

/* The entries; borrowed from the plan. */
const struct mkr_entry *mkr_plan_entries(const struct mkr_plan *p, size_t *n);

/* What is wrong with the records of packages, in words; ends with NULL. */
const char *const *mkr_plan_warnings(const struct mkr_plan *p);

#ifdef __cplusplus
}
#endif

#endif
