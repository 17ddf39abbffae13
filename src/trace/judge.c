/* What of all that was used is input, now that the command has ended. */
#include "trace/internal.h"
#include "trace/keep_out.h"

#include "base/set.h"
#include "base/str.h"
#include "os/root.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { MAY_EXECUTE = 1, MAY_WRITE = 2, MAY_READ = 4 };

struct judge {
	struct mkr_trace *t;
	const struct mkr_trace_rules *rules;
	const char *const *homes;
	struct set *left; /* told already */
};

/* One path being looked up. */
struct look {
	const struct judge *j;
	const struct rights *rights; /* NULL: whoever asked may all that we may */
	bool denied; /* a folder on the way is closed to them */
	bool left_out;
	enum mkr_left why;
	struct stat st; /* of the last thing crossed */
	char real[PATH_MAX];
};

static bool in_group(const struct rights *r, uint32_t gid)
{
	if (r->gid == gid)
		return true;
	for (size_t i = 0; i < r->n_groups; i++)
		if (r->groups[i] == gid)
			return true;
	return false;
}

/* By the mode (path_resolution(7)). Where that says no, a list in the file may say yes: acl(5).
 * What the caller himself may, the kernel knows; MAY_* are access(2)'s. */
static bool may(const struct look *l, unsigned want)
{
	const struct rights *r = l->rights;
	if (S_ISLNK(l->st.st_mode))
		return true;
	char path[PATH_MAX + 1];
	snprintf(path, sizeof(path), "/%s", l->real);
	if (!r)
		return faccessat(AT_FDCWD, path, (int)want, AT_EACCESS) == 0;
	unsigned shift = l->st.st_uid == r->uid ? 6 : in_group(r, l->st.st_gid) ? 3 : 0;
	if ((l->st.st_mode >> shift & want) == want)
		return true;
	return lgetxattr(path, "system.posix_acl_access", NULL, 0) > 0;
}

static int look_step(void *ctx, const struct mkr_step *step, struct mkr_error *err)
{
	(void)err;
	struct look *l = ctx;
	const struct mkr_trace_rules *rules = l->j->rules;
	if (l->rights && l->real[0] && !may(l, MAY_EXECUTE))
		l->denied = true; /* of the folder before */
	l->st = *step->st;
	size_t n = strlen(step->path);
	memcpy(l->real, step->path, n + 1);
	if (l->left_out)
		return 0;
	bool folder = S_ISDIR(step->st->st_mode);
	if (rules->output_ino && step->st->st_ino == rules->output_ino &&
		step->st->st_dev == rules->output_dev) {
		l->left_out = true;
		l->why = MKR_LEFT_OUTPUT;
	} else {
		l->left_out = keep_out(step->path, folder, l->j->homes, &l->why);
	}
	return 0;
}

static bool look_up(struct look *l, const char *path, bool follow)
{
	l->real[0] = '\0';
	l->denied = l->left_out = false;
	l->st = (struct stat){ .st_mode = S_IFDIR };
	return mkr_root_walk(l->j->rules->root, path, follow, look_step, l, NULL) == 0;
}

static bool since(int64_t sec, uint32_t nsec, const struct timespec *began)
{
	return sec > began->tv_sec || (sec == began->tv_sec && nsec >= (uint64_t)began->tv_nsec);
}

/* Born after the command began, or given this name by it. A file system that does not tell births
 * tells changes: of what was opened to be created, that is taken for the same. */
static bool is_made(const struct look *l, unsigned how)
{
	char path[PATH_MAX + 1];
	struct statx sx;
	const struct timespec *began = &l->j->t->began;
	snprintf(path, sizeof(path), "/%s", l->real);
	if (statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BTIME | STATX_CTIME, &sx) < 0)
		return true; /* gone by now */
	bool changed = since(sx.stx_ctime.tv_sec, sx.stx_ctime.tv_nsec, began);
	if (how & SEEN_MOVED && changed)
		return true;
	if (sx.stx_mask & STATX_BTIME)
		return since(sx.stx_btime.tv_sec, sx.stx_btime.tv_nsec, began);
	return how & SEEN_CREATED && changed;
}

static void leave_out(struct judge *j, const char *path, enum mkr_left why)
{
	if (!set_add(&j->left, j->t->arena, path))
		return;
	struct mkr_left_out l = { .path = arena_dup(j->t->arena, path), .why = why };
	vec_push(&j->t->left, l);
}

static void judge_path(struct judge *j, const char *path, unsigned how, const struct rights *r);

/* What is made anew in the new root needs the folder for it. */
static void judge_parent(struct judge *j, const char *path, const struct rights *r)
{
	struct str dir = str_dir(str_from(path));
	if (dir.n > 1)
		judge_path(j, arena_dup_str(j->t->arena, dir), SEEN_LOOKED, r);
}

/* -1: nothing of it is input. */
static int use_of(const struct look *l, unsigned how, bool followed)
{
	if (S_ISDIR(l->st.st_mode))
		return MKR_USE_LOOKED;
	if (how & SEEN_EXECUTED && may(l, MAY_EXECUTE))
		return MKR_USE_EXECUTED;
	if (how & SEEN_OPENED && may(l, MAY_READ))
		return MKR_USE_OPENED;
	/* A log file: the command makes it, and does not read it. */
	if (how & SEEN_WRITTEN && !(how & SEEN_CREATED) && may(l, MAY_WRITE))
		return MKR_USE_OPENED;
	if (how & (SEEN_LOOKED | SEEN_LINK))
		return followed ? MKR_USE_LOOKED : MKR_USE_LINK;
	return -1;
}

static void judge_found(
	struct judge *j, const struct look *l, const char *path, unsigned how, bool followed)
{
	if (l->denied || !l->real[0])
		return;
	if (l->left_out) {
		if (S_ISDIR(l->st.st_mode) || use_of(l, how, followed) >= 0)
			leave_out(j, path, l->why);
	} else if (is_made(l, how)) {
		leave_out(j, path, MKR_LEFT_MADE);
		judge_parent(j, path, l->rights);
	} else if (!S_ISREG(l->st.st_mode) && !S_ISDIR(l->st.st_mode) && !S_ISLNK(l->st.st_mode)) {
		leave_out(j, path, MKR_LEFT_SPECIAL);
	} else {
		int use = use_of(l, how, followed);
		if (use >= 0)
			mkr_uses_add(j->t->uses, path, (enum mkr_use)use);
		else if (how & SEEN_CREATED)
			judge_parent(j, path, l->rights);
	}
}

static void judge_path(struct judge *j, const char *path, unsigned how, const struct rights *r)
{
	struct look *l = malloc(sizeof(*l));
	if (!l)
		out_of_memory();
	l->j = j;
	l->rights = r;
	bool follow = how & ~(unsigned)(SEEN_LINK | SEEN_MOVED);
	if (look_up(l, path, follow))
		judge_found(j, l, path, how, follow);
	else if (follow && how & SEEN_LINK && look_up(l, path, false))
		judge_found(j, l, path, SEEN_LINK, false); /* a link that leads nowhere */
	else if (how & (SEEN_CREATED | SEEN_MOVED))
		judge_parent(j, path, r);
	free(l);
}

/* The home folders as walks tell of them. */
static const char *const *real_homes(struct mkr_trace *t, const struct mkr_trace_rules *rules)
{
	size_t n = 0, m = 0;
	while (rules->homes && rules->homes[n])
		n++;
	const char **homes = arena_array(t->arena, const char *, 2 * n + 1);
	for (size_t i = 0; i < n; i++) {
		const char *typed = rules->homes[i] + strspn(rules->homes[i], "/");
		const char *real = root_real_path(rules->root, t->arena, rules->homes[i]);
		if (!*typed)
			continue;
		if (real && real[1])
			homes[m++] = real + 1;
		homes[m++] = typed; /* a link in somebody's home leads anywhere */
	}
	return homes;
}

static int by_path(const void *a, const void *b)
{
	const struct mkr_left_out *x = a, *y = b;
	return strcmp(x->path, y->path);
}

int mkr_trace_judge(struct mkr_trace *t, const struct mkr_trace_rules *rules, struct mkr_error *err)
{
	if (!mkr_root_is_host(rules->root))
		return mkr_failx(err, -EXDEV, "what ran on this system is looked up there");
	struct judge j = { .t = t, .rules = rules, .homes = real_homes(t, rules) };
	mkr_uses_free(t->uses);
	t->uses = mkr_uses_new();
	t->left.n = 0;
	for (const struct seen *s = t->seen.all; s; s = s->hh.next)
		judge_path(&j, s->path, s->how, wheres_rights(t->wheres, s->rights));
	set_clear(&j.left);
	if (t->left.n)
		qsort(t->left.at, t->left.n, sizeof(*t->left.at), by_path);
	return 0;
}

const struct mkr_uses *mkr_trace_used(const struct mkr_trace *t)
{
	return t->uses;
}

void mkr_trace_add(struct mkr_trace *t, const struct mkr_uses *u)
{
	static const unsigned how[] = { SEEN_LINK, SEEN_LOOKED, SEEN_OPENED, SEEN_EXECUTED };
	size_t n;
	const struct mkr_used *used = mkr_uses_list(u, &n);
	for (size_t i = 0; i < n; i++)
		seen_add(&t->seen, used[i].path, 0, how[used[i].use]);
}

const struct mkr_left_out *mkr_trace_left_out(const struct mkr_trace *t, size_t *n)
{
	*n = t->left.n;
	return t->left.at;
}
