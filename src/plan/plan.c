/* From items to entries: owners, times, hard links, extended attributes. Reads, never writes. */
#include <mkroot/plan.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/map.h"
#include "plan/base_files.h"
#include "plan/internal.h"
#include "plan/maker.h"
#include "plan/owners.h"
#include "plan/records.h"
#include "plan/tree_items.h"
#include "plan/xattrs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

struct planner {
	struct mkr_plan *plan;
	const struct mkr_root *root;
	const struct mkr_policy *policy;
	bool asks; /* policy->known, of each file */
	struct first *firsts;
	struct mkr_error *err;
};

/* The first name of an inode with several. */
struct first {
	struct {
		uint64_t dev, ino;
	} id;
	const char *path;
	UT_hash_handle hh;
};

/* True: all that belongs to the file beside its content is known. */
static bool set_owner(struct mkr_entry *e, const struct stat *st, const struct planner *l)
{
	const struct mkr_policy *p = l->policy;
	e->uid = st->st_uid;
	e->gid = st->st_gid;
	bool known = l->asks && p->known(p->known_ctx, e, st->st_ino);
	if (p->owner == MKR_OWNER_SET) {
		e->uid = p->uid;
		e->gid = p->gid;
		return known;
	}
	if (known)
		return known;
	if (p->caller_is_root && e->uid == p->caller_uid)
		e->uid = 0;
	if (p->caller_is_root && e->gid == p->caller_gid)
		e->gid = 0;
	return false;
}

static void set_time(struct mkr_entry *e, int64_t sec, uint32_t nsec, const struct mkr_policy *p)
{
	if (p->clamp && (sec > p->epoch || (sec == p->epoch && nsec))) {
		sec = p->epoch;
		nsec = 0;
	}
	e->mtime = sec;
	e->mtime_nsec = nsec;
}

/* True: the entry is another name of one that stands before it. */
static bool link_to_first(struct planner *l, struct mkr_entry *e, const struct stat *st)
{
	if (st->st_nlink < 2)
		return false;
	struct first key, *f;
	memset(&key, 0, sizeof(key));
	key.id.dev = st->st_dev;
	key.id.ino = st->st_ino;
	HASH_FIND(hh, l->firsts, &key.id, sizeof(key.id), f);
	if (f) {
		e->target = f->path;
		return true;
	}
	f = arena_new_of(l->plan->arena, struct first);
	f->id.dev = key.id.dev;
	f->id.ino = key.id.ino;
	f->path = e->path;
	HASH_ADD(hh, l->firsts, id, sizeof(f->id), f);
	return false;
}

/* Opens the source: that it can be read is known before anything is written. */
static int read_source(struct planner *l, struct mkr_entry *e, const struct stat *st)
{
	bool dir = S_ISDIR(st->st_mode);
	int flags = O_RDONLY | O_NOFOLLOW | (dir ? O_DIRECTORY : 0);
	struct mkr_error local;
	cleanup_fd int fd = mkr_root_openat(l->root, e->source, flags, &local);
	if (fd == -EACCES && dir)
		return 0; /* a folder that may be crossed and not be read has nothing more to tell
			   */
	if (fd < 0) {
		if (l->err)
			*l->err = local;
		return fd;
	}
	int r = xattrs_read(fd, l->plan->arena, &e->xattrs, &e->n_xattrs);
	if (r < 0)
		return mkr_fail(l->err, r, "cannot read the attributes of '%s'", e->source);
	return 0;
}

static int make_entry(struct planner *l, struct mkr_entry *e, const struct mkr_item *item)
{
	const struct stat *st = &item->st;
	struct arena *a = l->plan->arena;
	*e = (struct mkr_entry){ .path = arena_dup(a, item->path),
		.because = arena_dup(a, item->because),
		.set = item->set,
		.why = item->why,
		.mode = st->st_mode,
		.dev = st->st_dev,
		.ino = st->st_ino };
	bool known = set_owner(e, st, l);
	set_time(e, st->st_mtim.tv_sec, (uint32_t)st->st_mtim.tv_nsec, l->policy);
	if (item->target)
		e->target = arena_dup(a, item->target);
	if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode)) {
		e->dev_major = major(st->st_rdev);
		e->dev_minor = minor(st->st_rdev);
	}
	if (item->data) {
		e->data = item->data;
		e->size = (uint64_t)st->st_size;
	}
	if (!item->source || !(S_ISREG(e->mode) || S_ISDIR(e->mode)))
		return 0;
	e->source = arena_dup(a, item->source);
	e->from = l->root;
	if (S_ISREG(st->st_mode))
		e->size = (uint64_t)st->st_size;
	if (S_ISREG(st->st_mode) && link_to_first(l, e, st))
		return 0;
	return known ? 0 : read_source(l, e, st);
}

/* What is made, not copied, is as old as the newest file in the root; the time of a folder says
 * when something else came to it, or went. */
static int64_t set_made_times(struct mkr_plan *plan)
{
	int64_t sec = 0;
	for (size_t i = 0; i < plan->n; i++) {
		const struct mkr_entry *e = &plan->entries[i];
		if (e->ino && !S_ISDIR(e->mode) && e->mtime > sec)
			sec = e->mtime;
	}
	for (size_t i = 0; i < plan->n; i++) {
		if (plan->entries[i].ino)
			continue;
		plan->entries[i].mtime = sec;
		plan->entries[i].mtime_nsec = 0;
	}
	return sec;
}

/* One path cannot be a file and a folder above another. */
static int check_conflicts(const struct mkr_plan *plan, struct mkr_error *err)
{
	for (size_t i = 0; i + 1 < plan->n; i++) {
		const struct mkr_entry *e = &plan->entries[i];
		size_t n = strlen(e->path);
		if (S_ISDIR(e->mode))
			continue;
		for (size_t j = i + 1; j < plan->n; j++) {
			const char *below = plan->entries[j].path;
			if (strncmp(below, e->path, n) != 0)
				break;
			if (below[n] == '/')
				return mkr_failx(err, -EEXIST,
					"'/%s' (%s) is in the way of '/%s' (%s)", e->path,
					e->because, below, plan->entries[j].because);
		}
	}
	return 0;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct mkr_entry *)a)->path, ((const struct mkr_entry *)b)->path);
}

static void add_made(struct mkr_plan *plan, const entry_vec *made)
{
	if (made->n == 0)
		return;
	struct mkr_entry *all = arena_array(plan->arena, struct mkr_entry, plan->n + made->n);
	memcpy(all, plan->entries, plan->n * sizeof(*all));
	memcpy(all + plan->n, made->at, made->n * sizeof(*all));
	plan->entries = all;
	plan->n += made->n;
	qsort(all, plan->n, sizeof(*all), by_path);
}

/* What is not copied, but made. */
static int add_base_files(struct planner *l, const struct mkr_closure *c)
{
	struct mkr_plan *plan = l->plan;
	entry_vec made = { 0 };
	int r = base_files_add(plan->arena, c, l->policy, plan->entries, plan->n, &made, l->err);
	if (r == 0)
		add_made(plan, &made);
	vec_free(&made);
	return r;
}

/* Folders that the old root has as well are as there: whatever else is in an image, its layers have
 * the same ones. */
static int copy_folders(struct planner *l, const entry_vec *made)
{
	for (size_t i = 0; i < made->n; i++) {
		struct mkr_entry *e = &made->at[i];
		struct mkr_error local;
		struct stat st;
		if (!S_ISDIR(e->mode))
			continue;
		cleanup_fd int fd = mkr_root_openat(l->root, e->path, O_PATH | O_NOFOLLOW, &local);
		if (fd == -ENOENT || fd == -ENOTDIR || fd == -ELOOP || fd == -EACCES)
			continue;
		if (fd < 0) {
			if (l->err)
				*l->err = local;
			return fd;
		}
		if (fstat(fd, &st) < 0)
			return mkr_fail(l->err, -errno, "cannot stat '/%s'", e->path);
		if (!S_ISDIR(st.st_mode))
			continue;
		e->mode = st.st_mode;
		set_owner(e, &st, l);
	}
	return 0;
}

/* Who ships the files; `newest` is how old made things are. */
static int add_packages(struct planner *l, const struct mkr_closure *c, int64_t newest)
{
	struct mkr_plan *plan = l->plan;
	entry_vec made = { 0 };
	struct maker m = { plan->arena, l->policy, plan->entries, plan->n, &made };
	bool records = mkr_closure_has_set(c, "packages");
	int r = 0;
	if (l->policy->packages || records)
		owners_set(plan->arena, c, plan->entries, plan->n);
	if (records)
		r = records_add(&m, c, newest, &plan->warnings, l->err);
	mkr_closure_forget_packages(c);
	if (r == 0)
		r = copy_folders(l, &made);
	if (r == 0)
		add_made(plan, &made);
	vec_free(&made);
	return r;
}

struct mkr_plan *plan_new(void)
{
	struct mkr_plan *plan = calloc(1, sizeof(*plan));
	if (!plan)
		out_of_memory();
	plan->arena = arena_new();
	return plan;
}

struct mkr_plan *mkr_plan_empty(void)
{
	return plan_new();
}

static int make_entries(
	struct planner *l, const struct mkr_item *const *items, size_t n, struct mkr_plan *plan)
{
	int r = 0;
	plan->entries = arena_array(plan->arena, struct mkr_entry, n);
	for (; plan->n < n && r == 0; plan->n++)
		r = make_entry(l, &plan->entries[plan->n], items[plan->n]);
	HASH_CLEAR(hh, l->firsts);
	return r;
}

int mkr_plan_tree(struct mkr_plan **out, const struct mkr_root *root, const struct mkr_policy *p,
	struct mkr_error *err)
{
	struct mkr_plan *plan = plan_new();
	struct planner l = {
		.plan = plan, .root = root, .policy = p, .asks = p->known != NULL, .err = err
	};
	item_vec items = { 0 };
	int r = tree_items(&items, plan->arena, root, err);
	if (r == 0)
		r = make_entries(&l, items.at, items.n, plan);
	vec_free(&items);
	if (r == 0)
		set_made_times(plan);
	if (r < 0)
		mkr_plan_free(plan);
	else
		*out = plan;
	return r;
}

int mkr_plan_make(struct mkr_plan **out, const struct mkr_closure *c, const struct mkr_policy *p,
	struct mkr_error *err)
{
	struct mkr_plan *plan = plan_new();
	struct planner l = { .plan = plan, .root = mkr_closure_root(c), .policy = p, .err = err };
	size_t n;
	const struct mkr_item *const *items = mkr_closure_items(c, &n);
	int r = make_entries(&l, items, n, plan);
	if (r == 0)
		r = add_base_files(&l, c);
	if (r == 0)
		r = add_packages(&l, c, set_made_times(plan));
	if (r == 0)
		r = check_conflicts(plan, err);
	if (r < 0) {
		mkr_plan_free(plan);
		return r;
	}
	vec_push(&plan->warnings, NULL);
	*out = plan;
	return 0;
}

void mkr_plan_free(struct mkr_plan *p)
{
	if (!p)
		return;
	vec_free(&p->warnings);
	arena_free(p->arena);
	free(p);
}

const struct mkr_entry *mkr_plan_entries(const struct mkr_plan *p, size_t *n)
{
	*n = p->n;
	return p->entries;
}

const char *const *mkr_plan_warnings(const struct mkr_plan *p)
{
	static const char *const none[] = { NULL };
	return p->warnings.n ? p->warnings.at : none;
}
