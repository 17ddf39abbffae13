/* Pluggable authentication: pam.d(5). What libpam opens is named by the files of the service. */
#include "rules/libc.h"
#include "rules/rule.h"

#include <ctype.h>
#include <string.h>

#define PAM_D "/etc/pam.d"
#define VENDOR "/usr/lib/pam.d" /* since 1.2; SUSE and Arch ship theirs there */

/* Their other half is a daemon or a desktop outside of this root. */
#define OUTSIDE                                                                                    \
	"pam_systemd* pam_elogind.so pam_ck_connector.so pam_gnome_keyring.so pam_kwallet* "       \
	"pam_fprintd.so pam_sss.so pam_winbind.so pam_ecryptfs.so"

/* Far over what a system has; who has more is trying something. */
enum { FILES_MAX = 512, TEXT_MAX = 8 * 1024 * 1024 };

struct names {
	const char **at;
	size_t n, cap;
};

struct state {
	struct subject *libpam; /* a copy; NULL: nobody needs it */
	struct names programs; /* what programs are called: a service mostly is, too */
	struct names services; /* in the order they were found */
	size_t n_done;
	struct names seen; /* files of pam.d */
};

/* True: it is new. */
static bool add(struct arena *a, struct names *v, const char *name)
{
	for (size_t i = 0; i < v->n; i++)
		if (strcmp(v->at[i], name) == 0)
			return false;
	if (v->n == v->cap) {
		v->cap = v->cap ? v->cap * 2 : 16;
		const char **grown = arena_array(a, const char *, v->cap);
		if (v->n)
			memcpy(grown, v->at, v->n * sizeof(*grown));
		v->at = grown;
	}
	v->at[v->n++] = arena_dup(a, name);
	return true;
}

/* Is it a string between the NUL bytes, or the end of one ("/etc/pam.d/login")? */
static bool has_word(struct str text, const char *word)
{
	size_t n = strlen(word) + 1;
	while (text.n > n) {
		const char *hit = memmem(text.p + 1, text.n - 1, word, n);
		if (!hit)
			return false;
		if (!isalnum((unsigned char)hit[-1]))
			return true;
		text = str_skip(text, (size_t)(hit - text.p));
	}
	return false;
}

/* Which files of pam.d are a word in who calls pam_start(3)? */
static void add_words(struct rules *r, struct state *st, const struct subject *s)
{
	static const char *const dirs[] = { PAM_D, VENDOR };
	struct str text = rules_rodata(r, s);
	text.n = text.n < TEXT_MAX ? text.n : TEXT_MAX;
	for (size_t i = 0; i < 2; i++) {
		const char *const *name = rules_list(r, dirs[i]);
		for (size_t k = 0; k < FILES_MAX && name[k]; k++)
			if (has_word(text, name[k]))
				add(rules_arena(r), &st->services, name[k]);
	}
}

static int look(struct rules *r, void *state, const struct subject *s, struct mkr_error *err)
{
	struct state *st = state;
	struct arena *a = rules_arena(r);
	(void)err;
	if (s->kind == SUBJECT_PROGRAM) {
		add(a, &st->programs, base_name(s->path));
		add(a, &st->programs, base_name(s->asked ? s->asked : s->path));
	}
	if (s->elf && s->elf->soname && strcmp(s->elf->soname, "libpam.so.0") == 0 && !st->libpam) {
		st->libpam = arena_new_of(a, struct subject);
		*st->libpam = *s;
		st->libpam->path = arena_dup(a, s->path);
	}
	if (subject_imports(s, "pam_start pam_start_confdir"))
		add_words(r, st, s);
	return 0;
}

/* By its folder in what libpam was built with; "security" lies beside the library. */
static const char *module_path(struct rules *r, const struct state *st, const char *name)
{
	if (*name == '/')
		return name;
	static const char *const others[] = { "/lib/security", "/usr/lib/security",
		"/usr/lib64/security", "/lib64/security" };
	struct arena *a = rules_arena(r);
	const char *beside = folder_beside(r, st->libpam->path, "security");
	const char *path = beside ? arena_printf(a, "%s/%s", beside, name) : NULL;
	for (size_t i = 0; (!path || !rules_has(r, path)) && i < 4; i++)
		path = arena_printf(a, "%s/%s", others[i], name);
	return path;
}

/* What modules read and start beside what their own libraries tell. */
static void ask_for_module(struct rules *r, const struct state *st, const char *name)
{
	const struct subject *s = st->libpam;
	/* modules/pam_unix/support.c: who may not read shadow asks a helper. */
	if (strcmp(name, "pam_unix.so") == 0) {
		rules_ask(r, s, &(struct ask){ ASK_PATH, "/usr/sbin/unix_chkpwd" },
			"opens pam_unix.so, which starts it");
		rules_ask(r, s, &(struct ask){ ASK_PATH, "/sbin/unix_chkpwd" },
			"opens pam_unix.so, which starts it");
		rules_ask(r, s, &(struct ask){ ASK_PATH, "/etc/login.defs" },
			"opens pam_unix.so, which reads it");
		rules_ask(r, s, &(struct ask){ ASK_PATH, "/etc/shadow" }, "");
	}
	/* pam_env(8): what is in the old root's is its own business. */
	if (strcmp(name, "pam_env.so") == 0)
		rules_ask(r, s, &(struct ask){ ASK_MADE, "/etc/environment", .data = "" },
			"made: pam_env.so reads it");
	if (strcmp(name, "pam_securetty.so") == 0)
		rules_ask(r, s, &(struct ask){ ASK_PATH, "/etc/securetty" },
			"opens pam_securetty.so, which reads it");
	if (strcmp(name, "pam_shells.so") == 0)
		rules_ask(r, s, &(struct ask){ ASK_PATH, "/etc/shells" },
			"opens pam_shells.so, which reads it");
}

static void ask_service(struct rules *r, struct state *st, const char *name, unsigned depth);

/* "-session [success=ok default=ignore] pam_x.so arguments", "@include common-auth" (Debian's). */
static void read_line(
	struct rules *r, struct state *st, struct str line, const char *file, unsigned depth)
{
	struct arena *a = rules_arena(r);
	struct str type, control, module;
	if (!next_word(&line, &type) || !next_word(&line, &control))
		return;
	if (str_eq(type, STR("@include"))) {
		ask_service(r, st, arena_dup_str(a, control), depth + 1);
		return;
	}
	while (control.p[0] == '[' && !memchr(control.p, ']', control.n) && line.p &&
		next_word(&line, &module))
		control.n = (size_t)(module.p + module.n - control.p);
	if (!next_word(&line, &module))
		return;
	const char *name = arena_dup_str(a, module);
	if (str_eq(control, STR("include")) || str_eq(control, STR("substack"))) {
		ask_service(r, st, name, depth + 1);
		return;
	}
	bool spared = *type.p == '-' || str_eq(control, STR("optional"));
	if (spared && words_match(OUTSIDE, base_name(name)))
		return;
	rules_ask(r, st->libpam, &(struct ask){ ASK_LIBRARY, module_path(r, st, name) },
		arena_printf(a, "opens it (%s)", file));
	ask_for_module(r, st, base_name(name));
}

static void ask_service(struct rules *r, struct state *st, const char *name, unsigned depth)
{
	struct arena *a = rules_arena(r);
	const char *path = *name == '/' ? name : arena_printf(a, PAM_D "/%s", name);
	if (*name != '/' && !rules_has(r, path))
		path = arena_printf(a, VENDOR "/%s", name);
	if (depth > 16 || st->seen.n > FILES_MAX || !add(a, &st->seen, path))
		return;
	const char *text = rules_read(r, path, NULL);
	if (!text)
		return;
	rules_ask(r, st->libpam, &(struct ask){ ASK_PATH, path }, "reads it");
	struct str rest = str_from(text), line;
	while (next_line(&rest, &line))
		read_line(r, st, line, path, depth);
}

/* Old passwords are nobody's business. */
static const char *const secret[] = { "etc/security/opasswd*", NULL };

static int settle(struct rules *r, void *state, struct mkr_error *err)
{
	struct state *st = state;
	(void)err;
	if (!st->libpam)
		return 0;
	rules_ask(r, st->libpam, &(struct ask){ ASK_PATH, "/etc/pam.conf" }, "reads it");
	rules_ask(r, st->libpam,
		&(struct ask){ ASK_TREE, "/etc/security", .skip = secret, .no_scripts = true },
		"opens modules that read it");
	ask_service(r, st, "other", 0);
	for (size_t i = 0; i < st->programs.n; i++)
		ask_service(r, st, st->programs.at[i], 0);
	for (; st->n_done < st->services.n; st->n_done++)
		ask_service(r, st, st->services.at[st->n_done], 0);
	return 0;
}

const struct rule_set rule_pam = {
	.name = "pam",
	.help = "the services and modules of programs that authenticate",
	.state_size = sizeof(struct state),
	.look = look,
	.settle = settle,
};
