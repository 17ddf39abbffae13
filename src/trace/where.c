#include "trace/where.h"

#include "base/cleanup.h"
#include "base/str.h"
#include "base/vec.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

enum { SLOTS = 256, FRESH_MS = 50, STATUS_MAX = 64 * 1024, LINK_NAME = 64, GROUPS_MAX = 1024 };

struct slot {
	pid_t tid;
	unsigned generation;
	int64_t looked; /* ms */
	bool has_cwd;
	struct where where;
	char root[PATH_MAX], cwd[PATH_MAX];
};

struct wheres {
	unsigned generation;
	bool privileged; /* others may have fewer rights than we */
	struct stat root; /* ours */
	struct arena *arena;
	VEC(struct rights) rights;
	struct slot slots[SLOTS];
};

struct wheres *wheres_new(void)
{
	struct wheres *w = calloc(1, sizeof(*w));
	if (!w)
		out_of_memory();
	w->arena = arena_new();
	w->privileged = geteuid() == 0;
	if (stat("/", &w->root) < 0)
		w->root.st_ino = 0;
	vec_push(&w->rights, (struct rights){ 0 });
	return w;
}

void wheres_free(struct wheres *w)
{
	if (!w)
		return;
	vec_free(&w->rights);
	arena_free(w->arena);
	free(w);
}

void wheres_changed(struct wheres *w)
{
	w->generation++;
}

void where_changed(struct wheres *w, pid_t tid)
{
	struct slot *s = &w->slots[(unsigned)tid % SLOTS];
	if (s->tid == tid)
		s->tid = 0;
}

const struct rights *wheres_rights(const struct wheres *w, uint32_t number)
{
	return number ? &w->rights.at[number] : NULL;
}

static bool read_link(const char *link, char out[static PATH_MAX])
{
	ssize_t n = readlinkat(AT_FDCWD, link, out, PATH_MAX);
	if (n <= 0 || n >= PATH_MAX || out[0] != '/')
		return false; /* "pipe:[7]", "(unreachable)/x" */
	out[n] = '\0';
	return true;
}

bool where_fd(pid_t tid, int fd, char out[static PATH_MAX])
{
	char link[LINK_NAME];
	snprintf(link, sizeof(link), "/proc/%d/fd/%d", tid, fd);
	return read_link(link, out);
}

/* Of another mount namespace "/" is said as well: its identity tells. */
static void look_at_root(const struct wheres *w, struct slot *s)
{
	char link[LINK_NAME];
	struct stat st;
	snprintf(link, sizeof(link), "/proc/%d/root", s->tid);
	s->where.root = s->root;
	if (!read_link(link, s->root)) {
		s->where.foreign = true;
		return;
	}
	if (strcmp(s->root, "/") != 0)
		return;
	s->root[0] = '\0';
	if (fstatat(AT_FDCWD, link, &st, 0) < 0)
		return; /* it has ended, or is closed to us as its memory will be */
	s->where.foreign = st.st_dev != w->root.st_dev || st.st_ino != w->root.st_ino;
}

/* The numbers behind `name` in /proc/PID/status (proc(5)). */
static const char *field(const char *status, const char *name)
{
	const char *p = strstr(status, name);
	return p ? p + strlen(name) : "";
}

static bool same_rights(const struct rights *a, const struct rights *b)
{
	return a->uid == b->uid && a->gid == b->gid && a->n_groups == b->n_groups &&
		(a->n_groups == 0 ||
			memcmp(a->groups, b->groups, a->n_groups * sizeof(*a->groups)) == 0);
}

static uint32_t rights_number(struct wheres *w, const struct rights *r)
{
	for (size_t i = 1; i < w->rights.n; i++)
		if (same_rights(&w->rights.at[i], r))
			return (uint32_t)i;
	struct rights kept = *r;
	uint32_t *groups = arena_array(w->arena, uint32_t, r->n_groups + 1);
	for (size_t i = 0; i < r->n_groups; i++)
		groups[i] = r->groups[i];
	kept.groups = groups;
	vec_push(&w->rights, kept);
	return (uint32_t)(w->rights.n - 1);
}

/* The numbers from `text` to the end of the line, at most `max`. */
static size_t numbers(const char *text, uint32_t *out, size_t max)
{
	size_t n = 0;
	for (; n < max; n++) {
		text += strspn(text, " \t");
		if (*text < '0' || *text > '9')
			break;
		char *end;
		out[n] = (uint32_t)strtoul(text, &end, 10);
		text = end;
	}
	return n;
}

static uint32_t parse_rights(struct wheres *w, const char *status)
{
	const uint64_t all = 1ULL << CAP_DAC_OVERRIDE | 1ULL << CAP_DAC_READ_SEARCH;
	enum { REAL, EFFECTIVE, SAVED, FILE_SYSTEM, N_IDS };
	uint32_t uid[N_IDS], gid[N_IDS], groups[GROUPS_MAX];
	if (strtoull(field(status, "\nCapEff:"), NULL, 16) & all)
		return 0;
	if (numbers(field(status, "\nUid:"), uid, N_IDS) != N_IDS ||
		numbers(field(status, "\nGid:"), gid, N_IDS) != N_IDS)
		return 0; /* it has ended */
	struct rights r = { .uid = uid[FILE_SYSTEM], .gid = gid[FILE_SYSTEM], .groups = groups };
	r.n_groups = numbers(field(status, "\nGroups:"), groups, GROUPS_MAX);
	return rights_number(w, &r);
}

static uint32_t look_at_rights(struct wheres *w, pid_t tid)
{
	char name[LINK_NAME];
	snprintf(name, sizeof(name), "/proc/%d/status", tid);
	cleanup_fd int fd = open(name, O_RDONLY | O_CLOEXEC);
	cleanup_free char *status = malloc(STATUS_MAX + 1);
	if (fd < 0 || !status)
		return 0;
	size_t n = 0;
	ssize_t got;
	while (n < STATUS_MAX && (got = read(fd, status + n, STATUS_MAX - n)) > 0)
		n += (size_t)got;
	status[n] = '\0';
	return parse_rights(w, status);
}

static int64_t now_ms(void)
{
	struct timespec ts = { 0 };
	clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

const struct where *where_of(struct wheres *w, pid_t tid, bool relative)
{
	struct slot *s = &w->slots[(unsigned)tid % SLOTS];
	int64_t now = now_ms();
	if (s->tid != tid || s->generation != w->generation || now - s->looked > FRESH_MS) {
		s->tid = tid;
		s->generation = w->generation;
		s->looked = now;
		s->has_cwd = false;
		s->where = (struct where){ 0 };
		look_at_root(w, s);
		if (w->privileged)
			s->where.rights = look_at_rights(w, tid);
	}
	if (relative && !s->has_cwd) {
		char link[LINK_NAME];
		snprintf(link, sizeof(link), "/proc/%d/cwd", tid);
		s->where.cwd = read_link(link, s->cwd) ? s->cwd : NULL;
		s->has_cwd = true;
	}
	return &s->where;
}
