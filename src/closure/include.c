/* -i PATH[:DEST]: a file or a whole folder, under its own name or another. */
#include "closure/internal.h"

#include "base/cleanup.h"
#include "base/str.h"
#include "base/secrets.h"
#include "os/root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { DEPTH_MAX = 200 };

struct copy {
	struct mkr_closure *c;
	const char *because;
	const struct ask *ask; /* of a rule; NULL: the user's -i */
	const char *top; /* what the ask is about; with `ask` */
	struct mkr_error *err;
};

/* One folder above a destination: the source's own where it has one, links followed, a plain one
 * where it has none. *at: its path in the new root, extended by `name`. */
static int add_parent(struct copy *y, const char **at, struct str name)
{
	struct mkr_closure *c = y->c;
	const char *path =
		arena_printf(c->arena, "%s%s%.*s", *at, **at ? "/" : "", (int)name.n, name.p);
	struct reason reason = { MKR_WHY_PARENT, y->because };
	const char *real = root_real_path(c->root, c->arena, path);
	*at = path;
	if (real) {
		*at = real + 1;
		return closure_add_path(c, path, &reason, NULL, y->err);
	}
	struct mkr_item item = { .path = path,
		.because = y->because,
		.why = MKR_WHY_PARENT,
		.st = { .st_mode = S_IFDIR | 0755 } };
	closure_add_item(c, &item, false);
	return 0;
}

/* A destination below a link of the source (usr-merge: bin/x) is where the link leads to. */
int closure_add_parents(
	struct mkr_closure *c, const char **dest, const char *because, struct mkr_error *err)
{
	struct copy y = { .c = c, .because = because, .err = err };
	struct str rest = str_from(*dest), name;
	const char *at = "";
	while (str_split(&rest, "/", &name)) {
		if (!rest.p) {
			*dest = arena_printf(
				c->arena, "%s%s%.*s", at, *at ? "/" : "", (int)name.n, name.p);
			return 0;
		}
		int r = add_parent(&y, &at, name);
		if (r < 0)
			return r;
	}
	return 0;
}

static int copy_one(struct copy *y, const char *source, const char *dest, unsigned depth);

struct names {
	VEC(const char *) list;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorted: what is said about a file must not depend on the order of a folder. */
static int read_names(struct names *names, struct arena *a, DIR *d)
{
	struct dirent *e;
	while (errno = 0, (e = readdir(d)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			vec_push(&names->list, arena_dup(a, e->d_name));
	if (errno)
		return -errno;
	if (names->list.n)
		qsort(names->list.at, names->list.n, sizeof(*names->list.at), by_name);
	return 0;
}

static int copy_children(struct copy *y, const char *source, const char *dest, unsigned depth)
{
	int fd = mkr_root_openat(y->c->root, source, O_RDONLY | O_DIRECTORY, y->err);
	if (fd < 0)
		return fd;
	cleanup_dir DIR *d = fdopendir(fd);
	if (!d) {
		close(fd);
		return mkr_fail(y->err, -ENOMEM, "cannot read the folder '%s'", source);
	}
	struct names names = { 0 };
	int r = read_names(&names, y->c->arena, d);
	if (r < 0)
		mkr_fail(y->err, r, "cannot read the folder '%s'", source);
	for (size_t i = 0; i < names.list.n && r == 0; i++) {
		struct arena *a = y->c->arena;
		const char *name = names.list.at[i];
		const char *to = *dest ? arena_printf(a, "%s/%s", dest, name) : name;
		const char *slash = source[strlen(source) - 1] == '/' ? "" : "/";
		r = copy_one(y, arena_printf(a, "%s%s%s", source, slash, name), to, depth + 1);
	}
	vec_free(&names.list);
	return r;
}

/* The link itself: where it leads to is not followed, as by cp -a. */
static int add_link(struct copy *y, struct mkr_item *item, int fd)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(fd, "", target, sizeof(target));
	if (n < 0 || n == sizeof(target))
		return mkr_fail(y->err, n < 0 ? -errno : -ENAMETOOLONG, "cannot read the link '%s'",
			item->source);
	item->target = arena_dup_str(y->c->arena, (struct str){ target, (size_t)n });
	closure_add_item(y->c, item, true);
	return 0;
}

/* Whose owners are people, or the running system. */
static bool is_below_never(const char *path)
{
	static const char *const never[] = { "/proc/", "/sys/", "/dev/", "/run/", "/tmp/", "/home/",
		"/root/", "/var/tmp/", "/var/run/" };
	for (size_t i = 0; i < sizeof(never) / sizeof(*never); i++)
		if (strncmp(path, never[i], strlen(never[i])) == 0)
			return true;
	return false;
}

/* Folders that are everybody's: no rule takes one whole. */
static bool is_common(const char *path)
{
	const char *below = strncmp(path, "/usr/", 5) == 0 ? path + 4 : path;
	return is_below_never(path) || strchr(below + 1, '/') == NULL;
}

/* Nor does one take keys, tokens, and what is made instead of being copied: whatever links to it.
 */
bool closure_withholds(const char *real)
{
	return rules_makes(real) || path_holds_secret(real + 1);
}

/* In what a rule brings, a link is as good as what it leads to. */
static int follow_link(struct copy *y, const char *source)
{
	struct mkr_closure *c = y->c;
	const char *real = root_real_path(c->root, c->arena, source);
	struct reason reason = { MKR_WHY_RULE, y->because };
	if (!real)
		return 0; /* it leads nowhere, there as here */
	if (closure_withholds(real) || is_below_never(real))
		return 0;
	if (closure_is_heavy(c, real, y->top, y->ask))
		return 0;
	int r = closure_add_path(c, source, &reason, NULL, y->err);
	return r < 0 ? r : closure_take_tree(c, real, &reason, y->ask, y->err);
}

static bool is_script(const struct mkr_closure *c, const char *path)
{
	char head[2];
	cleanup_fd int fd = mkr_root_openat(c->root, path, O_RDONLY, NULL);
	return fd >= 0 && pread(fd, head, 2, 0) == 2 && memcmp(head, "#!", 2) == 0;
}

static int copy_one(struct copy *y, const char *source, const char *dest, unsigned depth)
{
	struct mkr_closure *c = y->c;
	if (depth > DEPTH_MAX)
		return mkr_failx(y->err, -ELOOP, "'%s': over %d folders deep", source, DEPTH_MAX);
	if (*dest && mkr_closure_excludes(c, dest))
		return 0;
	if (y->ask && (closure_globs_match(c, y->ask->skip, dest) || closure_withholds(source)))
		return 0;
	const char *relative = source + strspn(source, "/");
	struct mkr_item item = { .path = dest,
		.source = *relative ? relative : ".",
		.because = y->because,
		.why = y->ask ? MKR_WHY_RULE : MKR_WHY_INCLUDE };
	cleanup_fd int fd = mkr_root_openat(c->root, source, O_PATH | O_NOFOLLOW, y->err);
	if (fd < 0)
		return fd;
	if (fstat(fd, &item.st) < 0)
		return mkr_fail(y->err, -errno, "cannot stat '%s'", source);
	if (y->ask &&
		!(S_ISLNK(item.st.st_mode) || S_ISDIR(item.st.st_mode) || S_ISREG(item.st.st_mode)))
		return 0; /* no rule brings devices */
	if (S_ISLNK(item.st.st_mode))
		return y->ask ? follow_link(y, source) : add_link(y, &item, fd);
	if (S_ISSOCK(item.st.st_mode)) {
		closure_warn(c, arena_printf(c->arena, "%s is a socket and left out", source));
		return 0;
	}
	if (c->output_ino && item.st.st_ino == c->output_ino && item.st.st_dev == c->output_dev) {
		closure_warn(c, arena_printf(c->arena, "%s is the output and left out", source));
		return 0;
	}
	if (S_ISREG(item.st.st_mode) && closure_is_heavy(c, source, y->top, y->ask))
		return 0;
	if (*dest)
		closure_add_item(c, &item, true);
	if (S_ISDIR(item.st.st_mode))
		return copy_children(y, source, dest, depth);
	if (!S_ISREG(item.st.st_mode) || (y->ask && y->ask->no_scripts && is_script(c, source)))
		return 0;
	return closure_follow(c, source, false, 0, y->err);
}

/* `dest` as a plan has it: no leading slash, no "." and no "..", no double slash. */
static int tidy_dest(
	struct mkr_closure *c, const char *text, const char **out, struct mkr_error *err)
{
	const char *path = "";
	struct str rest = str_from(text), part;
	while (str_split(&rest, "/", &part)) {
		if (part.n == 0 || str_eq(part, STR(".")))
			continue;
		if (str_eq(part, STR("..")))
			return mkr_failx(err, -EINVAL, "'%s' must not hold '..'", text);
		path = arena_printf(
			c->arena, "%s%s%.*s", path, *path ? "/" : "", (int)part.n, part.p);
	}
	*out = path;
	return 0;
}

bool closure_is_dir(const struct mkr_closure *c, const char *path)
{
	cleanup_fd int fd = mkr_root_openat(c->root, path, O_PATH | O_DIRECTORY, NULL);
	return fd >= 0;
}

/* Where the thing at `real` goes: as by cp, a file goes into a DEST that is a folder, by its own
 * name; a folder becomes DEST, or what the link of that name leads to. */
static int settle_dest(struct copy *y, const char *text, const char *real, const char **out)
{
	struct mkr_closure *c = y->c;
	const char *dest = "";
	int r = tidy_dest(c, text, &dest, y->err);
	if (r < 0)
		return r;
	bool folder = *text == '\0' || text[strlen(text) - 1] == '/' || !*dest;
	if (closure_is_dir(c, real))
		folder = false;
	else if (!folder)
		folder = closure_is_dir(c, dest);
	if (folder)
		dest = arena_printf(c->arena, "%s%s%s", dest, *dest ? "/" : "", base_name(real));
	else if (*dest && closure_is_dir(c, dest))
		dest = root_real_path(c->root, c->arena, dest) + 1;
	*out = dest;
	return *dest ? closure_add_parents(c, out, y->because, y->err) : 0;
}

/* Under its own name: the links and folders on the way, then the thing itself. */
static int include_in_place(struct copy *y, const char *path, const char *real)
{
	struct mkr_closure *c = y->c;
	struct stat st;
	cleanup_fd int fd = mkr_root_openat(c->root, path, O_PATH, y->err);
	if (fd < 0 || fstat(fd, &st) < 0)
		return mkr_wrap(y->err, fd < 0 ? fd : -errno, "include");
	/* copy_one() leaves sockets out, and says so: only the way there is added. */
	bool socket = S_ISSOCK(st.st_mode);
	const char *way = socket ? arena_dup_str(c->arena, str_dir(str_from(path))) : path;
	struct reason reason = { socket ? MKR_WHY_PARENT : MKR_WHY_INCLUDE, y->because };
	int r = closure_add_path(c, way, &reason, NULL, y->err);
	return r < 0 ? mkr_wrap(y->err, r, "include") : copy_one(y, real, real + 1, 0);
}

int closure_take_tree(struct mkr_closure *c, const char *path, const struct reason *reason,
	const struct ask *ask, struct mkr_error *err)
{
	const char *real = root_real_path(c->root, c->arena, path);
	if (!real)
		return 0;
	bool folder = closure_is_dir(c, real);
	if (closure_withholds(real) || (folder && is_common(real)))
		return 0;
	if (!folder && closure_is_heavy(c, real, real, ask))
		return 0;
	struct copy y = { .c = c, .because = reason->because, .ask = ask, .top = real, .err = err };
	int r = closure_add_path(c, path, reason, NULL, err);
	/* Links in there may lead back up to it. */
	if (r < 0 || !set_add(&c->asked, c->arena, arena_printf(c->arena, "tree\n%s", real)))
		return r;
	return copy_one(&y, real, real + 1, 0);
}

int closure_include(struct mkr_closure *c, const struct mkr_want *want, struct mkr_error *err)
{
	struct copy y = { .c = c, .err = err };
	const char *dest = "";
	y.because = arena_printf(c->arena, "included: %s", want->path);
	/* What PATH names, links followed, is what is copied. */
	const char *real = root_real_path(c->root, c->arena, want->path);
	if (!real)
		return mkr_failx(err, -ENOENT, "'%s', to be included, does not exist", want->path);
	if (strcmp(real, "/") == 0 && mkr_root_is_host(c->root))
		return mkr_failx(err, -EINVAL, "'/' is all of this system: it is not included");
	if (!want->dest)
		return include_in_place(&y, want->path, real);
	int r = settle_dest(&y, want->dest, real, &dest);
	return r < 0 ? r : copy_one(&y, real, dest, 0);
}
