/* What units, tmpfiles.d and lists of files say about folders. */
#include "rules/state.h"

#include "rules/accounts.h"

#include "base/cleanup.h"
#include "os/root.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

struct look {
	struct rules *r;
	const struct subject *s;
	const struct accounts *accounts; /* NULL: nobody asked for one yet */
	const char *from;
};

/* Without "." and double or trailing slashes. NULL: it goes up, or means many. */
static const char *tidy(struct arena *a, const char *path)
{
	struct str rest = str_from(path), part;
	const char *out = "";
	if (strpbrk(path, "%*?["))
		return NULL;
	while (str_split(&rest, "/", &part)) {
		if (str_eq(part, STR("..")))
			return NULL;
		if (part.n && !str_eq(part, STR(".")))
			out = arena_printf(a, "%s/%.*s", out, (int)part.n, part.p);
	}
	return out;
}

/* Only what is a folder of services, and never a path of somebody's own making. */
static bool is_state(const char *path)
{
	static const char *const below[] = { "/run/", "/var/run/", "/var/lib/", "/var/log/",
		"/var/spool/", "/var/cache/" };
	for (size_t i = 0; i < sizeof(below) / sizeof(*below); i++)
		if (strncmp(path, below[i], strlen(below[i])) == 0 && path[strlen(below[i])])
			return true;
	return false;
}

/* "0755", and tmpfiles.d's "~0755" and ":0755"; 0, which is the usual one, for what is no mode. */
static unsigned mode_of(struct str text)
{
	unsigned bits = 0;
	while (text.n && (*text.p == '~' || *text.p == ':'))
		text = str_skip(text, 1);
	if (text.n > 5)
		return 0;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '7')
			return 0;
		bits = bits * 8 + (unsigned)(text.p[i] - '0');
	}
	return bits & 07777;
}

/* "www-data", "0"; "-" and what the old root does not know are root. */
static unsigned id_of(struct look *l, bool group, struct str name)
{
	struct arena *a = rules_arena(l->r);
	uint32_t id = 0;
	if (name.n == 0 || str_eq(name, STR("-")) || str_eq(name, STR("root")))
		return 0;
	if (!l->accounts)
		l->accounts = accounts_new(a, rules_read(l->r, "/etc/passwd", NULL),
			rules_read(l->r, "/etc/group", NULL));
	accounts_id(l->accounts, group, arena_dup_str(a, name), &id);
	return id;
}

static void ask(
	struct look *l, const char *path, struct str mode, struct str user, struct str group)
{
	path = tidy(rules_arena(l->r), path);
	if (!path || !is_state(path))
		return;
	struct ask a = { .kind = ASK_FOLDER,
		.what = path,
		.mode = mode_of(mode),
		.uid = id_of(l, false, user),
		.gid = id_of(l, true, group) };
	rules_ask(l->r, l->s, &a, arena_printf(rules_arena(l->r), "has it in %s", l->from));
}

/* "d /run/sshd 0755 root root - -" */
static void read_tmpfiles(struct look *l, const char *text)
{
	struct str rest = str_from(text), line, type, path;
	while (next_line(&rest, &line)) {
		struct str mode = STR(""), user = STR(""), group = STR("");
		if (!next_word(&line, &type) || !next_word(&line, &path))
			continue;
		if (next_word(&line, &mode) && next_word(&line, &user))
			next_word(&line, &group);
		if (type.p[0] == 'd' || type.p[0] == 'D')
			ask(l, arena_dup_str(rules_arena(l->r), path), mode, user, group);
	}
}

static struct str unit_value(const char *text, const char *key)
{
	struct str rest = str_from(text), line, value = STR("");
	while (next_line(&rest, &line))
		if (str_starts(line, str_from(key)))
			value = str_trim(str_skip(line, strlen(key)));
	return value;
}

/* "RuntimeDirectory=a b:c": below /run, each with the mode of its own key, all the service's. */
static void read_unit(struct look *l, const char *text)
{
	static const struct {
		const char *key, *mode, *folder;
	} kinds[] = { { "RuntimeDirectory=", "RuntimeDirectoryMode=", "/run" },
		{ "StateDirectory=", "StateDirectoryMode=", "/var/lib" },
		{ "LogsDirectory=", "LogsDirectoryMode=", "/var/log" },
		{ "CacheDirectory=", "CacheDirectoryMode=", "/var/cache" } };
	struct str user = unit_value(text, "User="), group = unit_value(text, "Group=");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct str names = unit_value(text, kinds[i].key), name;
		struct str mode = unit_value(text, kinds[i].mode);
		while (next_word(&names, &name)) {
			const char *colon = memchr(name.p, ':', name.n);
			name.n = colon ? (size_t)(colon - name.p) : name.n;
			ask(l,
				arena_printf(rules_arena(l->r), "%s/%.*s", kinds[i].folder,
					(int)name.n, name.p),
				mode, user, group.n ? group : user);
		}
	}
}

static bool is_folder_of(const char *path, const char *folder)
{
	size_t n = strlen(folder);
	path += strncmp(path, "/usr/", 5) == 0 ? 4 : 0;
	return strncmp(path, folder, n) == 0;
}

static void look_at(struct look *l, const char *path)
{
	bool tmpfiles = is_folder_of(path, "/lib/tmpfiles.d/");
	bool unit = is_folder_of(path, "/lib/systemd/system/") &&
		str_ends(str_from(path), STR(".service"));
	/* sysusers.d(5) */
	if (tmpfiles || unit || is_folder_of(path, "/lib/sysusers.d/"))
		rules_add_config(l->r, path);
	const char *text = tmpfiles || unit ? rules_read(l->r, path, NULL) : NULL;
	l->from = path;
	if (text && tmpfiles)
		read_tmpfiles(l, text);
	else if (text)
		read_unit(l, text);
}

static bool is_dir(struct rules *r, const char *path)
{
	struct stat st;
	cleanup_fd int fd = root_open(rules_root(r), path, O_PATH);
	return fd >= 0 && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
}

void state_folders_ask(struct rules *r, const struct subject *s, const struct package *own)
{
	struct packages *p = rules_packages(r);
	struct look l = { .r = r, .s = s };
	const char *before = "";
	struct str path;
	size_t at = 0;
	if (own->setup)
		rules_add_config(r, own->setup);
	for (bool more = true; more; before = arena_dup_str(rules_arena(r), path)) {
		more = packages_next_file(p, own, &at, &path);
		if (!more)
			path = STR("/");
		/* What a folder holds stands right behind it. */
		l.from = "its package";
		if (is_state(before) && !str_starts(path, str_from(before)) && is_dir(r, before))
			ask(&l, before, STR(""), STR(""), STR(""));
		if (more)
			look_at(&l, arena_dup_str(rules_arena(r), path));
	}
}
