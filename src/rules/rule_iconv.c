/* Character sets: iconv_open(3) opens glibc's gconv modules (iconv/gconv_conf.c). What is UTF-8,
 * UCS-2, UCS-4 or ASCII is in libc itself, as is all of musl's. */
#include "rules/libc.h"
#include "rules/rule.h"

#include <string.h>

struct state {
	const char *folder; /* glibc's modules; NULL: not seen yet */
	const char *who; /* a caller of iconv_open */
	const char *who_all; /* whose subject conversions are */
	bool done, done_all;
};

/* What old files and protocols are in, and what a byte order mark tells of: 150 kB of 8 MB. */
static const char *const common[] = { "ISO8859-1.so", "ISO8859-15.so", "CP1252.so", "UTF-16.so",
	"UTF-32.so", "UTF-7.so", NULL };

static int look(struct rules *r, void *state, const struct subject *s, struct mkr_error *err)
{
	struct state *st = state;
	struct arena *a = rules_arena(r);
	(void)err;
	if (subject_is_glibc(s)) {
		if (!st->folder)
			st->folder = folder_beside(r, s->path, "gconv");
		return 0;
	}
	if (!s->libc || strcmp(s->libc, "glibc") != 0)
		return 0;
	/* libc's own converter, and programs that are asked for and made to convert: glibc's
	 * iconv(1) and what else looks into the list of modules; recode(1). */
	const char *import = subject_imports(s, "__gconv_open");
	if (!import && s->wanted && s->kind == SUBJECT_PROGRAM)
		import = subject_needs(s, a, "librecode");
	if (import && !st->who_all)
		st->who_all = arena_printf(a, "%s converts all that there is", s->path);
	import = import ? import : subject_imports(s, "iconv_open");
	if (import && !st->who)
		st->who = arena_printf(a, "%s calls %s", s->path, import);
	return 0;
}

static void ask_below(struct rules *r, const struct state *st, const char *name)
{
	const char *path = arena_printf(rules_arena(r), "%s/%s", st->folder, name);
	if (rules_has(r, path))
		rules_ask(r, NULL, &(struct ask){ ASK_PATH, path }, st->who);
}

static void ask_modules(struct rules *r, struct state *st)
{
	const char *cache = arena_printf(rules_arena(r), "%s/gconv-modules.cache", st->folder);
	st->done = true;
	/* The cache is read instead of the text, where it is (iconv/gconv_cache.c). */
	ask_below(r, st, "gconv-modules.cache");
	if (!rules_has(r, cache)) {
		ask_below(r, st, "gconv-modules");
		const char *const *more = rules_list(
			r, arena_printf(rules_arena(r), "%s/gconv-modules.d", st->folder));
		for (; *more; more++)
			ask_below(r, st, arena_printf(rules_arena(r), "gconv-modules.d/%s", *more));
	}
	for (const char *const *m = common; *m; m++)
		ask_below(r, st, *m);
}

static int settle(struct rules *r, void *state, struct mkr_error *err)
{
	struct state *st = state;
	(void)err;
	if (rules_named(r) && !st->who_all)
		st->who_all = st->who = "asked for by --with";
	if (st->folder && st->who && !st->done)
		ask_modules(r, st);
	if (st->folder && st->who_all && !st->done_all) {
		st->done_all = true;
		rules_ask(r, NULL, &(struct ask){ ASK_TREE, st->folder, .no_scripts = true },
			st->who_all);
	}
	return 0;
}

const struct rule_set rule_iconv = {
	.name = "iconv",
	.help = "glibc's common character sets; by name all",
	.state_size = sizeof(struct state),
	.look = look,
	.settle = settle,
};
