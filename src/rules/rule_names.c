/* Users, groups, services, protocols: what the C library looks up by name (nsswitch.conf(5)). */
#include "rules/accounts.h"
#include "rules/embedded.h"
#include "rules/nss.h"
#include "rules/rule.h"

#include "base/cleanup.h"
#include "os/root.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* getpwnam(3), getgrnam(3), getgrouplist(3), initgroups(3), getlogin(3), cuserid(3), getspnam(3) */
#define ACCOUNTS "getpw* setpwent getgr* setgrent initgroups getlogin* cuserid " SHADOWS
#define SHADOWS "getspnam* getspent* setspent getsgnam* getsgent* lckpwdf"
#define SERVICES "getserv* setservent"
/* Who wants a port's number by name says so to getaddrinfo(3) as well. */
#define OTHERS                                                                                     \
	SERVICES " getproto* setprotoent getnet* getrpc* getether* ether_* setnetgrent innetgr"

static const struct rule rows[] = {
	{ .imports = SERVICES " getaddrinfo getnameinfo", .ask = { ASK_PATH, "/etc/services" } },
	{ .imports = SERVICES " getaddrinfo getnameinfo",
		.ask = { ASK_PATH, "/usr/etc/services" } },
	{ .imports = "getproto* setprotoent", .ask = { ASK_PATH, "/etc/protocols" } },
	{ .imports = "getproto* setprotoent", .ask = { ASK_PATH, "/usr/etc/protocols" } },
	{ .imports = "getnetby* getnetent*", .ask = { ASK_PATH, "/etc/networks" } },
	{ .imports = "getrpcby* getrpcent*", .ask = { ASK_PATH, "/etc/rpc" } },
	{ .imports = "ether_hostton ether_ntohost", .ask = { ASK_PATH, "/etc/ethers" } },
	{ .imports = "setnetgrent innetgr", .ask = { ASK_PATH, "/etc/netgroup" } },
	{ .imports = "getusershell", .ask = { ASK_PATH, "/etc/shells" } },
	/* login.defs(5): read by what handles passwords */
	{ .imports = SHADOWS, .ask = { ASK_PATH, "/etc/login.defs" } },
	{ 0 },
};

struct state {
	struct nss nss;
	struct accounts *accounts; /* NULL: nobody asked */
	bool shadow;
	const char *who; /* asked first */
};

static struct accounts *open_accounts(struct rules *r, struct state *st)
{
	if (st->accounts)
		return st->accounts;
	const char *passwd = rules_read(r, "/etc/passwd", NULL);
	const char *group = rules_read(r, "/etc/group", NULL);
	if (!passwd && rules_has(r, "/etc/passwd"))
		rules_warn(r, "/etc/passwd cannot be used: of users, root and nobody are known");
	return st->accounts = accounts_new(rules_arena(r), passwd, group);
}

/* The user that a daemon is called like, and the folder it calls its own: /run/sshd is empty, and
 * sshd does not start without. */
static void take_own_user(struct rules *r, struct accounts *a, const struct subject *s)
{
	const char *name = base_name(s->path);
	if (!accounts_want(a, name))
		return;
	const char *home = accounts_home(a, name);
	if (strncmp(home, "/run/", 5) == 0 ||
		((strncmp(home, "/var/lib/", 9) == 0 || strncmp(home, "/var/run/", 9) == 0) &&
			rules_has(r, home)))
		rules_ask(r, s, &(struct ask){ ASK_FOLDER, home }, "is at home there");
}

/* Who has no import to tell it names the files: glibc and musl in a static program, Go's os/user.
 */
static void look_at_static(struct rules *r, struct state *st, const struct subject *s)
{
	static const char *const files[] = { "/etc/services", "/etc/protocols", "/etc/networks",
		"/etc/rpc", "/etc/ethers", "/etc/shells", "/etc/login.defs", "/etc/nsswitch.conf" };
	if (!subject_is_static(s))
		return;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (subject_embeds(r, s, files[i]))
			rules_ask(r, s, &(struct ask){ ASK_PATH, files[i] }, "names it");
	const char *file = subject_embeds(r, s, "/etc/passwd /etc/group");
	if (!file)
		return;
	if (!st->who)
		st->who = arena_printf(rules_arena(r), "made: %s names %s", s->path, file);
	if (subject_embeds(r, s, "/etc/shadow"))
		st->shadow = true;
	accounts_want_words(open_accounts(r, st), rules_rodata(r, s));
	take_own_user(r, st->accounts, s);
}

static int look(struct rules *r, void *state, const struct subject *s, struct mkr_error *err)
{
	struct state *st = state;
	(void)err;
	nss_look(r, &st->nss, s, ACCOUNTS " " OTHERS);
	look_at_static(r, st, s);
	const char *call = subject_imports(s, ACCOUNTS);
	if (!call)
		return 0;
	if (!st->who)
		st->who = arena_printf(rules_arena(r), "made: %s calls %s", s->path, call);
	if (subject_imports(s, SHADOWS))
		st->shadow = true;
	/* A daemon's user is a word in it. */
	struct accounts *a = open_accounts(r, st);
	if (subject_imports(s, "getpwnam* getgrnam* getgrouplist initgroups"))
		accounts_want_words(a, rules_rodata(r, s));
	if (s->kind == SUBJECT_PROGRAM && subject_imports(s, "getpwnam* getgrnam*"))
		take_own_user(r, a, s);
	return 0;
}

static int settle(struct rules *r, void *state, struct mkr_error *err)
{
	struct state *st = state;
	(void)err;
	nss_settle(r, &st->nss,
		"passwd group initgroups shadow gshadow services protocols networks rpc ethers "
		"netgroup",
		rules_named(r));
	return 0;
}

enum { CONFIGS_MAX = 256, CONFIG_BYTES_MAX = 4 * 1024 * 1024 };

static void read_config(struct rules *r, struct accounts *a, const char *path, size_t *left)
{
	/* Tables, whose words are everybody's. */
	static const char tables[] = "/etc/services /etc/protocols /etc/rpc /etc/networks "
				     "/etc/ethers /etc/mime.types";
	size_t n;
	const char *text = *left && !words_match(tables, path) ? rules_read(r, path, &n) : NULL;
	if (!text)
		return;
	*left -= n < *left ? n : *left;
	accounts_want_configured(a, str_from(text));
}

/* Whose name a daemon takes is in its configuration, if some set brings that. */
static void read_configs(struct rules *r, struct accounts *a)
{
	size_t n, left = CONFIG_BYTES_MAX;
	const char *const *path = rules_configs(r, &n);
	for (size_t i = 0; i < n && i < CONFIGS_MAX; i++) {
		read_config(r, a, path[i], &left);
		const char *const *name = rules_list(r, path[i]);
		for (size_t k = 0; k < CONFIGS_MAX && name[k]; k++)
			read_config(r, a, arena_printf(rules_arena(r), "%s/%s", path[i], name[k]),
				&left);
	}
}

static void make(struct rules *r, const struct state *st, struct ask ask, const char *text)
{
	ask.kind = ASK_MADE;
	ask.data = text;
	ask.size = strlen(text);
	rules_ask(r, NULL, &ask, st->who);
}

/* As the old root has it, as far as its group has a name: on Debian root and members of "shadow"
 * read it, with Fedora nobody does who is not root. */
static struct ask like_old(struct rules *r, const struct state *st, const char *path)
{
	struct ask ask = { .what = path, .mode = 0600 };
	struct stat old;
	cleanup_fd int fd = root_open(rules_root(r), path, O_PATH);
	if (fd >= 0 && fstat(fd, &old) == 0 && accounts_has_gid(st->accounts, old.st_gid)) {
		ask.gid = old.st_gid;
		ask.mode |= old.st_mode & 0040;
	}
	return ask;
}

static int finish(struct rules *r, void *state, struct mkr_error *err)
{
	struct state *st = state;
	size_t n_users, n_names;
	const struct mkr_user *users = rules_users(r, &n_users);
	const char *const *names = rules_added_names(r, &n_names);
	bool shadow = st->shadow || rules_asked_for_made(r, "/etc/shadow");
	(void)err;
	if (!st->accounts && !n_users && !n_names && !rules_named(r) && !shadow &&
		!rules_asked_for_made(r, "/etc/passwd") && !rules_asked_for_made(r, "/etc/group"))
		return 0;
	struct accounts *a = open_accounts(r, st);
	if (!st->who)
		st->who = "made: users and groups";
	read_configs(r, a);
	for (size_t i = 0; i < n_names; i++)
		accounts_want(a, names[i]);
	for (size_t i = 0; i < n_users; i++)
		accounts_add(a, &users[i]);
	if (shadow)
		accounts_want(a, "shadow");
	make(r, st, (struct ask){ .what = "/etc/passwd" }, accounts_passwd(a));
	make(r, st, (struct ask){ .what = "/etc/group" }, accounts_group(a));
	if (!shadow)
		return 0;
	make(r, st, like_old(r, st, "/etc/shadow"), accounts_shadow(a));
	if (rules_has(r, "/etc/gshadow"))
		make(r, st, like_old(r, st, "/etc/gshadow"), accounts_gshadow(a));
	return 0;
}

const struct rule_set rule_names = {
	.name = "names",
	.help = "passwd, group, nsswitch.conf, services for programs that look names up",
	.rows = rows,
	.state_size = sizeof(struct state),
	.look = look,
	.settle = settle,
	.finish = finish,
};
