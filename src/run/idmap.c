#include "run/idmap.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "run/subid.h"
#include "run/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

DEFINE_CLEANUP(arena, arena_free);

/* A file of the host's /etc; empty where it is not there, or larger than any that is sane. */
static struct str read_text(struct arena *a, const char *path)
{
	struct stat st;
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0 || st.st_size <= 0 || st.st_size > 4 << 20)
		return (struct str){ 0 };
	char *text = arena_alloc(a, (size_t)st.st_size);
	ssize_t n = read(fd, text, (size_t)st.st_size);
	return (struct str){ text, n > 0 ? (size_t)n : 0 };
}

static const char *name_of(struct arena *a, uid_t uid)
{
	struct str rest = read_text(a, "/etc/passwd"), line, name, field;
	char wanted[16];
	snprintf(wanted, sizeof(wanted), "%u", uid);
	while (str_split(&rest, "\n", &line))
		if (str_split(&line, ":", &name) && str_split(&line, ":", &field) &&
			str_split(&line, ":", &field) && str_eq(field, str_from(wanted)))
			return arena_dup_str(a, name);
	return NULL;
}

static bool has_helpers(void)
{
	/* Set-id programs have no power in a process that has given up new ones. */
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0 &&
		faccessat(AT_FDCWD, "/usr/bin/newuidmap", X_OK, AT_EACCESS) == 0 &&
		faccessat(AT_FDCWD, "/usr/bin/newgidmap", X_OK, AT_EACCESS) == 0;
}

static void choose_for_user(struct idmap *m)
{
	cleanup_(arena) struct arena *a = arena_new();
	struct subid uids, gids;
	m->kind = IDMAP_SINGLE;
	if (!has_helpers())
		return;
	const char *name = name_of(a, m->caller_uid);
	if (!subid_find(read_text(a, "/etc/subuid"), name, m->caller_uid, &uids) ||
		!subid_find(read_text(a, "/etc/subgid"), name, m->caller_uid, &gids))
		return;
	m->kind = IDMAP_HELPED;
	m->uid = uids.first;
	m->gid = gids.first;
	m->count = uids.count < gids.count ? uids.count : gids.count;
}

static int choose_for_root(struct idmap *m, struct mkr_error *err)
{
	cleanup_(arena) struct arena *a = arena_new();
	struct subid s;
	if (!subid_free(read_text(a, "/etc/subuid"), read_text(a, "/etc/subgid"),
		    (uint32_t)getpid(), &s))
		return mkr_failx(err, -EUSERS, "/etc/subuid and /etc/subgid leave no ids free");
	m->kind = IDMAP_RANGE;
	m->uid = m->gid = s.first;
	m->count = s.count;
	return 0;
}

static int parse_range(struct idmap *m, const char *spec)
{
	uint32_t *const fields[] = { &m->uid, &m->gid, &m->count };
	char *end;
	for (size_t i = 0; i < 3; i++) {
		if (*spec < '0' || *spec > '9')
			return -EINVAL;
		errno = 0;
		unsigned long long n = strtoull(spec, &end, 10);
		if (errno || n >= UINT32_MAX || *end != (i < 2 ? ':' : '\0'))
			return -EINVAL;
		*fields[i] = (uint32_t)n;
		spec = end + 1;
	}
	uint32_t top = m->uid > m->gid ? m->uid : m->gid;
	return m->count == 0 || m->count > UINT32_MAX - top ? -EINVAL : 0;
}

int idmap_choose(struct idmap *m, const char *spec, bool privileged, struct mkr_error *err)
{
	*m = (struct idmap){ .caller_uid = geteuid(), .caller_gid = getegid() };
	bool automatic = spec && strcmp(spec, "auto") == 0;
	bool host = spec && strcmp(spec, "host") == 0;
	if (privileged && (!spec || host))
		return 0;
	if (privileged && automatic)
		return choose_for_root(m, err);
	if (host)
		return mkr_failx(
			err, -EPERM, "only root can do without a user namespace (--userns host)");
	if (!spec || automatic) {
		choose_for_user(m);
		return 0;
	}
	if (parse_range(m, spec) < 0)
		return mkr_failx(err, -EINVAL,
			"option '--userns' takes auto, host or UID:GID:COUNT, not '%s'", spec);
	if (privileged)
		m->kind = IDMAP_RANGE;
	else if (m->count == 1 && m->uid == m->caller_uid && m->gid == m->caller_gid)
		m->kind = IDMAP_SINGLE;
	else if (has_helpers())
		m->kind = IDMAP_HELPED;
	else
		return mkr_failx(err, -EPERM, "--userns %s needs newuidmap and newgidmap", spec);
	return 0;
}

bool idmap_has(const struct idmap *m, uid_t uid, gid_t gid)
{
	uint32_t top = uid > gid ? uid : gid;
	switch (m->kind) {
	case IDMAP_NONE:
		return true;
	case IDMAP_SINGLE:
		return top == 0;
	case IDMAP_HELPED:
		return top <= m->count;
	case IDMAP_RANGE:
		return top < m->count;
	}
	return false;
}

static int write_map(
	pid_t pid, const char *file, uint32_t first, uint32_t count, struct mkr_error *err)
{
	char path[64], map[64];
	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	int n = snprintf(map, sizeof(map), "0 %u %u", first, count);
	cleanup_fd int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, map, (size_t)n) < 0)
		return mkr_fail(err, -errno, "cannot write '%s' (%s)", path, map);
	return 0;
}

static int run_helper(const char *helper, pid_t pid, uint32_t own, uint32_t first, uint32_t count,
	struct mkr_error *err)
{
	char number[4][16];
	const uint32_t values[] = { (uint32_t)pid, own, first, count };
	for (size_t i = 0; i < 4; i++)
		snprintf(number[i], sizeof(number[i]), "%u", values[i]);
	char zero[] = "0", one[] = "1";
	char *name = strdup(helper);
	if (!name)
		out_of_memory();
	char *const argv[] = { name, number[0], zero, number[1], one, one, number[2], number[3],
		NULL };
	pid_t child;
	int status = 0;
	int r = -posix_spawn(&child, helper, NULL, NULL, argv, environ);
	free(name);
	if (r < 0)
		return mkr_fail(err, r, "cannot start '%s'", helper);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (status == 0)
		return 0;
	mkr_failx(err, -EPERM, "%s gives the ids %u..%u to no namespace of yours", helper, first,
		first + count - 1);
	mkr_detail(err, "hint", "--userns %u:%u:1 makes do with your own id", geteuid(), getegid());
	return -EPERM;
}

int idmap_write(const struct idmap *m, pid_t pid, struct mkr_error *err)
{
	if (m->kind == IDMAP_RANGE) {
		int r = write_map(pid, "gid_map", m->gid, m->count, err);
		return r < 0 ? r : write_map(pid, "uid_map", m->uid, m->count, err);
	}
	int r = run_helper("/usr/bin/newgidmap", pid, m->caller_gid, m->gid, m->count, err);
	if (r == 0)
		r = run_helper("/usr/bin/newuidmap", pid, m->caller_uid, m->uid, m->count, err);
	return r;
}

int idmap_mount(int fd, pid_t pid, bool deep, const char *name, struct mkr_error *err)
{
	const unsigned all = deep ? AT_RECURSIVE : 0;
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
	cleanup_fd int ns = open(path, O_RDONLY | O_CLOEXEC);
	if (ns < 0)
		return mkr_fail(err, -errno, "cannot open '%s'", path);
	cleanup_fd int tree =
		sys_open_tree(fd, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | all);
	if (tree < 0)
		return mkr_fail(err, -errno, "cannot bind '%s'", name);
	/* A copy is its original's peer: what was mounted below the one would appear below both,
	 * and the new root could not be such a mount (pivot_root(2), EINVAL). */
	struct mount_attr attr = { .propagation = MS_PRIVATE,
		.attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_IDMAP,
		.userns_fd = (unsigned)ns };
	if (syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH | all, &attr, sizeof(attr)) == 0)
		return steal_fd(&tree);
	int code = -errno;
	mkr_fail(err, code, "cannot show '%s' with other owners", name);
	if (code == -EINVAL)
		mkr_detail(err, "cause",
			"its file system, or one mounted below it, cannot be mounted with other "
			"ids (an idmapped mount)");
	return code;
}
