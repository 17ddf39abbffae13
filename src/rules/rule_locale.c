/* Locales: setlocale(3), newlocale(3) read glibc's /usr/lib/locale (locale/findlocale.c). musl's
 * are inside. */
#include "rules/libc.h"
#include "rules/rule.h"

#include "base/cleanup.h"
#include "os/root.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define FOLDER "/usr/lib/locale"
#define ARCHIVE FOLDER "/locale-archive"

/* Debian and Arch hold there what the administrator generated; Fedora's all-langpacks has 200 MB.
 */
enum { ARCHIVE_MAX = 6 * 1024 * 1024 };

static const struct rule rows[] = {
	/* A locale for UTF-8 that is everywhere since 2.35; Debian had it before, by another name.
	 */
	{ .imports = "setlocale newlocale",
		.libc = "glibc",
		.ask = { ASK_TREE, FOLDER "/C.utf8" } },
	{ .imports = "setlocale newlocale",
		.libc = "glibc",
		.ask = { ASK_TREE, FOLDER "/C.UTF-8" } },
	{ 0 },
};

/* A program that was asked for and turns text into keys of its order is about order: locales that
 * this system was given come along when they are few. */
static int look(struct rules *r, void *state, const struct subject *s, struct mkr_error *err)
{
	(void)state;
	(void)err;
	if (!s->wanted || s->kind != SUBJECT_PROGRAM || !s->libc || strcmp(s->libc, "glibc") != 0)
		return 0;
	/* What loads plug-ins is an interpreter or a server that can do this among other things. */
	if (subject_imports(s, "dlopen"))
		return 0;
	const char *call = subject_imports(s, "strxfrm strxfrm_l wcsxfrm");
	struct stat st;
	cleanup_fd int fd = call ? root_open_file(rules_root(r), ARCHIVE, &st) : -1;
	if (fd >= 0 && st.st_size <= ARCHIVE_MAX)
		rules_ask(r, s, &(struct ask){ ASK_PATH, ARCHIVE },
			arena_printf(rules_arena(r), "calls %s", call));
	return 0;
}

/* locale/normalize_codeset.c: letters and digits, in lower case; digits alone follow "iso". */
static const char *normalise(struct arena *a, const char *codeset)
{
	char *out = arena_alloc(a, strlen(codeset) + 4), *to = out;
	bool letters = false;
	for (const char *c = codeset; *c && *c != '@'; c++)
		letters = letters || isalpha((unsigned char)*c);
	if (!letters)
		to = stpcpy(to, "iso");
	for (; *codeset && *codeset != '@'; codeset++)
		if (isalnum((unsigned char)*codeset))
			*to++ = (char)tolower((unsigned char)*codeset);
	return out;
}

/* "de_DE.UTF-8@euro" is in the folder "de_DE.utf8@euro". */
static const char *folder_of(struct rules *r, const char *name)
{
	struct arena *a = rules_arena(r);
	const char *folder = arena_printf(a, FOLDER "/%s", name);
	const char *dot = strchr(name, '.'), *at = strchr(name, '@');
	if (rules_has(r, folder) || !dot)
		return folder;
	return arena_printf(a, FOLDER "/%.*s.%s%s", (int)(dot - name), name, normalise(a, dot + 1),
		at && at > dot ? at : "");
}

static int ask_name(struct rules *r, const char *name, const char *why, struct mkr_error *err)
{
	if (strchr(name, '/') || *name == '.')
		return mkr_failx(err, -EINVAL, "'%s' is no name of a locale", name);
	const char *folder = folder_of(r, name);
	if (rules_has(r, folder))
		rules_ask(r, NULL, &(struct ask){ ASK_TREE, folder, .no_scripts = true }, why);
	else if (rules_has(r, ARCHIVE))
		rules_ask(r, NULL, &(struct ask){ ASK_PATH, ARCHIVE }, why);
	else
		return mkr_failx(err, -EINVAL, "there is no locale '%s'", name);
	return 0;
}

/* --with locale: all; --with locale=NAME: that one. */
static int finish(struct rules *r, void *state, struct mkr_error *err)
{
	struct str rest = str_from(rules_value(r)), name;
	const char *why = "asked for by --with";
	int code = 0;
	(void)state;
	if (!rules_named(r))
		return 0;
	rules_ask(r, NULL, &(struct ask){ ASK_PATH, "/usr/share/locale/locale.alias" }, why);
	if (rest.n == 0)
		rules_ask(r, NULL, &(struct ask){ ASK_TREE, FOLDER, .no_scripts = true }, why);
	while (code == 0 && next_word(&rest, &name))
		code = ask_name(r, arena_dup_str(rules_arena(r), name), why, err);
	return code;
}

const struct rule_set rule_locale = {
	.name = "locale",
	.help = "C.UTF-8; by name all, or locale=de_DE.UTF-8",
	.rows = rows,
	.look = look,
	.finish = finish,
};
