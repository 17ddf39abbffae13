#include "rules/accounts.h"

#include "base/vec.h"
#include "rules/rule.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
	ENTRIES_MAX = 65536,
	SYSTEM_MAX = 999, /* login.defs(5): SYS_UID_MAX, SYS_GID_MAX */
	USER_MAX = 60000,
	STATIC_MAX = 100, /* Debian policy 9.2.2, LSB: given once and for all */
	WORDS_MAX = 256, /* names that one text brings */
	TEXT_MAX = 8 * 1024 * 1024, /* that names are looked for in */
	OVERFLOW_ID = 65534, /* the kernel's for ids that have no place (fs.overflowuid) */
};

/* A line of either file. */
struct account {
	const char *name, *home, *shell, *members;
	uint32_t uid, gid;
	bool group, wanted, hit;
};

struct accounts {
	struct arena *arena;
	struct account *at;
	size_t n, cap;
};

static bool parse_id(struct str text, uint32_t *id)
{
	uint64_t v = 0;
	if (text.n == 0 || text.n > 10)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(text.p[i] - '0');
	}
	*id = (uint32_t)v;
	return v < UINT32_MAX;
}

/* "+" and "-" lines are for NIS; what is not printable is no name. */
static bool is_name(struct str name)
{
	if (name.n == 0 || name.n > MKR_USER_NAME_MAX || name.p[0] == '+' || name.p[0] == '-')
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] <= ' ' || name.p[i] == 0x7f || strchr(":,/#", name.p[i]))
			return false;
	return true;
}

static bool is_text(struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] < ' ')
			return false;
	return true;
}

static void push(struct accounts *a, struct account new)
{
	if (a->n == a->cap) {
		size_t cap = a->cap ? a->cap * 2 : 64;
		struct account *grown = arena_array(a->arena, struct account, cap);
		if (a->n)
			memcpy(grown, a->at, a->n * sizeof(*grown));
		a->at = grown;
		a->cap = cap;
	}
	a->at[a->n++] = new;
}

static struct account *find(const struct accounts *a, bool group, const char *name)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->at[i].group == group && strcmp(a->at[i].name, name) == 0)
			return &a->at[i];
	return NULL;
}

static struct account *find_id(const struct accounts *a, bool group, uint32_t id)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->at[i].group == group && (group ? a->at[i].gid : a->at[i].uid) == id)
			return &a->at[i];
	return NULL;
}

/* name:password:uid:gid:comment:home:shell, name:password:gid:members */
static void read_line(struct accounts *a, struct str line, bool group)
{
	struct str field[7] = { 0 };
	size_t n = 0, want = group ? 4 : 7;
	struct account new = { .group = group };
	while (n < want && str_split(&line, ":", &field[n]))
		n++;
	if (n != want || line.p || !is_name(field[0]))
		return;
	if (group ? !parse_id(field[2], &new.gid) || !is_text(field[3])
		  : !parse_id(field[2], &new.uid) || !parse_id(field[3], &new.gid) ||
				!is_text(field[5]) || !is_text(field[6]))
		return;
	new.name = arena_dup_str(a->arena, field[0]);
	new.members = arena_dup_str(a->arena, group ? field[3] : STR(""));
	new.home = arena_dup_str(a->arena, group ? STR("") : field[5]);
	new.shell = arena_dup_str(a->arena, group ? STR("") : field[6]);
	push(a, new);
}

static int by_name(const void *a, const void *b)
{
	const struct account *x = a, *y = b;
	return strcmp(x->name, y->name);
}

static void read_text(struct accounts *a, const char *text, bool group)
{
	struct str rest = str_from(text ? text : ""), line;
	size_t before = a->n;
	while (a->n < ENTRIES_MAX && str_split(&rest, "\n", &line))
		read_line(a, line, group);
	if (a->n == before)
		return;
	/* The first line of a name is the one that counts. */
	size_t kept = before;
	struct account *at = a->at;
	qsort(at + before, a->n - before, sizeof(*at), by_name);
	for (size_t i = before; i < a->n; i++)
		if (kept == before || strcmp(at[i].name, at[kept - 1].name) != 0)
			at[kept++] = at[i];
	a->n = kept;
}

static void want_user(struct accounts *a, struct account *user)
{
	struct account *group = find_id(a, true, user->gid);
	user->wanted = true;
	if (group) {
		group->wanted = true;
	} else if (!find(a, true, user->name)) {
		push(a,
			(struct account){ .name = user->name,
				.members = "",
				.gid = user->gid,
				.group = true,
				.wanted = true });
	}
}

struct accounts *accounts_new(struct arena *arena, const char *passwd, const char *group)
{
	struct accounts *a = arena_new_of(arena, struct accounts);
	a->arena = arena;
	read_text(a, passwd, false);
	read_text(a, group, true);
	struct account root = { "root", "/root", "/bin/sh", "", 0, 0, false, false };
	struct account nobody = { "nobody", "/nonexistent", "/usr/sbin/nologin", "", OVERFLOW_ID,
		OVERFLOW_ID, false, false };
	/* Who has the id 0 is root, whatever a file says. */
	struct account *zero = find_id(a, false, 0), *named = find(a, false, "root");
	if (!zero && named)
		*named = root;
	else if (!zero)
		push(a, root);
	if (!find(a, false, "nobody"))
		push(a, nobody);
	want_user(a, find_id(a, false, 0));
	want_user(a, find(a, false, "nobody"));
	return a;
}

bool accounts_want(struct accounts *a, const char *name)
{
	struct account *group = find(a, true, name);
	if (group)
		group->wanted = true;
	struct account *user = find(a, false, name);
	if (user)
		want_user(a, user);
	return user || group;
}

bool accounts_id(const struct accounts *a, bool group, const char *name, uint32_t *id)
{
	const struct account *there = find(a, group, name);
	if (there)
		*id = group ? there->gid : there->uid;
	return there;
}

const char *accounts_home(const struct accounts *a, const char *name)
{
	const struct account *user = find(a, false, name);
	return user && user->uid > 0 && user->uid <= SYSTEM_MAX ? user->home : "";
}

/* As useradd(8): behind the last, from 1000 to 60000 (UID_MIN, UID_MAX). */
static uint32_t first_free(const struct accounts *a, bool group)
{
	uint32_t id = SYSTEM_MAX + 1;
	for (size_t i = 0; i < a->n; i++) {
		uint32_t other = group ? a->at[i].gid : a->at[i].uid;
		if (a->at[i].group == group && other >= id && other < USER_MAX)
			id = other + 1;
	}
	return id;
}

void accounts_add(struct accounts *a, const struct mkr_user *u)
{
	struct account *user = find(a, false, u->name), *group = find(a, true, u->name);
	if (!user) {
		push(a,
			(struct account){ .name = arena_dup(a->arena, u->name),
				.home = "/",
				.shell = "/bin/sh",
				.members = "",
				.uid = u->uid != MKR_USER_ANY ? u->uid : first_free(a, false),
				.gid = u->gid });
		user = find(a, false, u->name);
		group = find(a, true, u->name);
		if (user->gid == MKR_USER_ANY)
			user->gid = group                     ? group->gid
				: find_id(a, true, user->uid) ? first_free(a, true)
							      : user->uid;
	}
	if (u->uid != MKR_USER_ANY)
		user->uid = u->uid;
	if (u->gid != MKR_USER_ANY)
		user->gid = u->gid;
	want_user(a, user);
}

/* Which bytes do names begin with? Most strings are told apart by that. */
struct index {
	bool first[256];
	struct account **at;
	size_t n;
};

static int by_name_p(const void *a, const void *b)
{
	return strcmp((*(struct account *const *)a)->name, (*(struct account *const *)b)->name);
}

static void make_index(struct accounts *a, struct index *x)
{
	x->at = arena_array(a->arena, struct account *, a->n);
	for (size_t i = 0; i < a->n; i++) {
		struct account *e = &a->at[i];
		uint32_t id = e->group ? e->gid : e->uid;
		if (e->wanted || id == 0 || id > SYSTEM_MAX)
			continue;
		x->at[x->n++] = e;
		x->first[(unsigned char)e->name[0]] = true;
	}
	if (x->n)
		qsort(x->at, x->n, sizeof(*x->at), by_name_p);
	/* A user stands for the group that is called so, too. */
	size_t kept = 0;
	for (size_t i = 0; i < x->n; i++) {
		if (kept && strcmp(x->at[kept - 1]->name, x->at[i]->name) == 0) {
			if (!x->at[i]->group)
				x->at[kept - 1] = x->at[i];
			continue;
		}
		x->at[kept++] = x->at[i];
	}
	x->n = kept;
}

static struct account *look_up(const struct index *x, const char *word)
{
	struct account key = { .name = word }, *p = &key;
	struct account **hit = x->first[(unsigned char)*word]
		? bsearch(&p, x->at, x->n, sizeof(p), by_name_p)
		: NULL;
	return hit ? *hit : NULL;
}

/* Names that were found, each once. */
typedef VEC(const char *) name_vec;

static void add_hit(name_vec *hits, struct account *hit)
{
	if (hit && !hit->hit && hits->n < WORDS_MAX)
		vec_push(hits, hit->name);
	if (hit)
		hit->hit = true;
}

static void want_hits(struct accounts *a, name_vec *hits)
{
	for (size_t i = 0; i < hits->n; i++)
		accounts_want(a, hits->at[i]);
	vec_free(hits);
}

/* A string may be the end of another one ("sshd" of "/run/sshd"): linkers merge them. Users of
 * every system (uid under 100: "bin", "mail") are too often the end of a path. */
static struct account *look_up_end(const struct index *x, struct str text)
{
	size_t from = text.n > MKR_USER_NAME_MAX ? text.n - MKR_USER_NAME_MAX : 1;
	for (size_t i = from; i < text.n; i++) {
		if (isalnum((unsigned char)text.p[i - 1]))
			continue;
		struct account *hit = look_up(x, text.p + i);
		if (hit && !hit->group && hit->uid >= STATIC_MAX)
			return hit;
	}
	return NULL;
}

void accounts_want_words(struct accounts *a, struct str text)
{
	struct index x = { 0 };
	name_vec hits = { 0 };
	make_index(a, &x);
	text.n = text.n < TEXT_MAX ? text.n : TEXT_MAX;
	for (size_t i = 0; i < text.n && x.n;) {
		size_t n = strnlen(text.p + i, text.n - i);
		if (n && i + n < text.n) {
			struct account *hit = look_up(&x, text.p + i);
			add_hit(&hits, hit ? hit : look_up_end(&x, (struct str){ text.p + i, n }));
		}
		i += n + 1;
	}
	want_hits(a, &hits);
}

static bool is_about_users(struct arena *arena, struct str line)
{
	static const char *const words[] = { "user", "group", "uid", "gid", "owner", "chown" };
	const char *text = arena_dup_str(arena, line);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcasestr(text, words[i]))
			return true;
	return false;
}

void accounts_want_configured(struct accounts *a, struct str text)
{
	struct index x = { 0 };
	name_vec hits = { 0 };
	struct str line, word;
	make_index(a, &x);
	while (x.n && next_line(&text, &line)) {
		bool about = is_about_users(a->arena, line);
		while (str_split(&line, " \t=:;,\"'<>/(){}", &word)) {
			struct account *hit = word.n && word.n <= MKR_USER_NAME_MAX
				? look_up(&x, arena_dup_str(a->arena, word))
				: NULL;
			/* "-u memcache" tells; "mail" and "news" are words as others are. */
			if (hit && (about || (hit->group ? hit->gid : hit->uid) >= STATIC_MAX))
				add_hit(&hits, hit);
		}
	}
	want_hits(a, &hits);
}

bool accounts_has_gid(const struct accounts *a, uint32_t gid)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->at[i].group && a->at[i].wanted && a->at[i].gid == gid)
			return true;
	return false;
}

/* By id, root first: as these files are written everywhere. */
static int by_id(const void *a, const void *b)
{
	const struct account *x = *(const struct account *const *)a;
	const struct account *y = *(const struct account *const *)b;
	uint32_t i = x->group ? x->gid : x->uid, j = y->group ? y->gid : y->uid;
	return i != j ? (i < j ? -1 : 1) : strcmp(x->name, y->name);
}

static struct account **wanted(struct accounts *a, bool group, size_t *n)
{
	struct account **out = arena_array(a->arena, struct account *, a->n);
	*n = 0;
	for (size_t i = 0; i < a->n; i++)
		if (a->at[i].wanted && a->at[i].group == group)
			out[(*n)++] = &a->at[i];
	qsort(out, *n, sizeof(struct account *), by_id);
	return out;
}

static bool is_member(const struct account *group, const char *user)
{
	struct str rest = str_from(group->members), name;
	while (str_split(&rest, ",", &name))
		if (str_eq(name, str_from(user)))
			return true;
	return false;
}

/* Those members that the new root knows. */
static const char *members(struct accounts *a, const struct account *group)
{
	const char *out = "";
	for (size_t i = 0; i < a->n && *group->members; i++) {
		const struct account *user = &a->at[i];
		if (!user->group && user->wanted && is_member(group, user->name))
			out = arena_printf(a->arena, "%s%s%s", out, *out ? "," : "", user->name);
	}
	return out;
}

/* What people said about themselves (the comment) stays behind. */
const char *accounts_passwd(struct accounts *a)
{
	size_t n;
	struct account **u = wanted(a, false, &n);
	const char *out = "";
	for (size_t i = 0; i < n; i++)
		out = arena_printf(a->arena, "%s%s:x:%u:%u:%s:%s:%s\n", out, u[i]->name, u[i]->uid,
			u[i]->gid, u[i]->name, u[i]->home, u[i]->shell);
	return out;
}

const char *accounts_group(struct accounts *a)
{
	size_t n;
	struct account **g = wanted(a, true, &n);
	const char *out = "";
	for (size_t i = 0; i < n; i++)
		out = arena_printf(
			a->arena, "%s%s:x:%u:%s\n", out, g[i]->name, g[i]->gid, members(a, g[i]));
	return out;
}

/* Without a day of the last change: the same today and tomorrow. */
const char *accounts_shadow(struct accounts *a)
{
	size_t n;
	struct account **u = wanted(a, false, &n);
	const char *out = "";
	for (size_t i = 0; i < n; i++)
		out = arena_printf(a->arena, "%s%s:*::0:99999:7:::\n", out, u[i]->name);
	return out;
}

const char *accounts_gshadow(struct accounts *a)
{
	size_t n;
	struct account **g = wanted(a, true, &n);
	const char *out = "";
	for (size_t i = 0; i < n; i++)
		out = arena_printf(a->arena, "%s%s:*::%s\n", out, g[i]->name, members(a, g[i]));
	return out;
}
