#include "run/user.h"

#include "base/cleanup.h"
#include "base/str.h"
#include "base/vec.h"

#include <mkroot/root.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>

enum { FILE_MAX = 4 << 20, GROUPS_MAX = 1024 };

DEFINE_CLEANUP(mkr_root, mkr_root_free);

static const char *why_unread(struct arena *a, int code)
{
	switch (code) {
	case -ENOENT:
		return NULL;
	case -EISDIR:
		return "is a folder";
	case -EINVAL:
		return "is no regular file";
	default:
		return arena_printf(a, "cannot be read: %s", strerror(-code));
	}
}

/* The whole file; an empty text where there is none that can be read. */
static struct str read_text(struct arena *a, const char *path, const char **why)
{
	struct str none = STR("");
	struct stat st;
	cleanup_(mkr_root) struct mkr_root *root = NULL;
	int r = mkr_root_open(&root, "/", NULL);
	cleanup_fd int fd = r < 0 ? r : mkr_root_open_file(root, path, &st, NULL);
	*why = fd < 0 ? why_unread(a, fd) : NULL;
	if (fd < 0 || st.st_size <= 0)
		return none;
	if (st.st_size > FILE_MAX) {
		*why = arena_printf(a, "is over %d MiB long", FILE_MAX >> 20);
		return none;
	}
	char *text = arena_alloc(a, (size_t)st.st_size);
	ssize_t n = read(fd, text, (size_t)st.st_size);
	if (n < 0)
		*why = why_unread(a, -errno);
	return n < 0 ? none : (struct str){ text, (size_t)n };
}

static int unknown(
	struct str who, const char *kind, const char *file, const char *why, struct mkr_error *err)
{
	if (why)
		return mkr_failx(err, -ENOENT, "%s '%.*s' cannot be looked up: the root's %s %s",
			kind, (int)who.n, who.p, file, why);
	return mkr_failx(
		err, -ENOENT, "%s '%.*s' is not in the root's %s", kind, (int)who.n, who.p, file);
}

/* "name:x:..." into at most `n` fields. Returns how many there were. */
static size_t fields(struct str line, struct str *field, size_t n)
{
	size_t i = 0;
	while (i < n && str_split(&line, ":", &field[i]))
		i++;
	return i;
}

/* Ids go up to 2^32 - 2: the last one means "no change" to the kernel. */
static bool is_number(struct str s, unsigned *ret)
{
	unsigned long n = 0;
	if (s.n == 0 || s.n > 10)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		n = n * 10 + (unsigned)(s.p[i] - '0');
	}
	if (n >= 0xffffffffUL)
		return false;
	*ret = (unsigned)n;
	return true;
}

/* The first line that is about `who`: by name, or else by number. */
static bool find_passwd(struct str text, struct str who, struct str f[static 7])
{
	unsigned wanted = 0, id;
	bool number = is_number(who, &wanted);
	for (int by_name = 1, last = number ? 0 : 1; by_name >= last; by_name--) {
		struct str rest = text, line;
		while (rest.n && str_split(&rest, "\n", &line)) {
			if (fields(line, f, 7) < 6 || !is_number(f[2], &id))
				continue;
			if (by_name ? str_eq(f[0], who) : id == wanted)
				return true;
			if (!rest.p)
				break;
		}
	}
	return false;
}

static bool find_group(struct str text, struct str who, unsigned *ret)
{
	struct str rest = text, line, f[4];
	while (rest.n && str_split(&rest, "\n", &line)) {
		if (fields(line, f, 4) >= 3 && str_eq(f[0], who) && is_number(f[2], ret))
			return true;
		if (!rest.p)
			break;
	}
	return is_number(who, ret);
}

static bool is_member(struct str list, struct str name)
{
	struct str member;
	while (list.n && str_split(&list, ",", &member)) {
		if (str_eq(member, name))
			return true;
		if (!list.p)
			break;
	}
	return false;
}

static void add_groups(struct user *u, struct arena *a, struct str text, struct str name)
{
	struct str rest = text, line, f[4];
	gid_t *groups = arena_array(a, gid_t, GROUPS_MAX);
	unsigned gid;
	while (rest.n && u->n_groups < GROUPS_MAX && str_split(&rest, "\n", &line)) {
		if (fields(line, f, 4) == 4 && is_number(f[2], &gid) && is_member(f[3], name))
			groups[u->n_groups++] = gid;
		if (!rest.p)
			break;
	}
	u->groups = groups;
}

int user_look_up(struct user *u, struct arena *a, const char *spec, const struct user_files *files,
	struct mkr_error *err)
{
	struct str rest = str_from(spec ? spec : "0"), who, group = { 0 }, f[7];
	str_split(&rest, ":", &who);
	if (rest.p)
		str_split(&rest, ":", &group);
	if (rest.p || who.n == 0 || (group.p && group.n == 0))
		return mkr_failx(err, -EINVAL, "option '--user' takes U[:G], not '%s'", spec);
	unsigned uid = 0, gid = 0;
	*u = (struct user){ .home = "/" };
	if (find_passwd(files->passwd, who, f)) {
		is_number(f[2], &uid);
		is_number(f[3], &gid);
		if (f[5].n && f[5].p[0] == '/')
			u->home = arena_dup_str(a, f[5]);
	} else if (is_number(who, &uid)) {
		f[0] = who;
		u->home = uid ? "/" : "/root";
	} else {
		return unknown(who, "user", "/etc/passwd", files->passwd_why, err);
	}
	if (group.p && !find_group(files->group, group, &gid))
		return unknown(group, "group", "/etc/group", files->group_why, err);
	/* No groups for who has not asked for anybody: root's own are not needed by root. */
	if (spec && !group.p)
		add_groups(u, a, files->group, f[0]);
	u->uid = uid;
	u->gid = gid;
	return 0;
}

int user_find(struct user *u, struct arena *a, const char *spec, struct mkr_error *err)
{
	struct user_files files = { .group = STR("") };
	files.passwd = read_text(a, "/etc/passwd", &files.passwd_why);
	if (spec)
		files.group = read_text(a, "/etc/group", &files.group_why);
	return user_look_up(u, a, spec, &files, err);
}

int user_become(const struct user *u)
{
	/* EPERM: a user namespace with a single id, where the caller's groups must stay. */
	if (setgroups(u->n_groups, u->groups) < 0 && (errno != EPERM || u->n_groups))
		return -errno;
	if (setresgid(u->gid, u->gid, u->gid) < 0 || setresuid(u->uid, u->uid, u->uid) < 0)
		return -errno;
	return 0;
}
