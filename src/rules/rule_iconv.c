/* Character sets: iconv_open(3) opens glibc's gconv modules (iconv/gconv_conf.c). What is UTF-8,
 * UCS-2, UCS-4 or ASCII is in libc itself, as is all of musl's. */
#include "rules/charsets.h"
#include "rules/libc.h"
#include "rules/rule.h"

#include <string.h>

enum {
	CALLERS_MAX = 64,
	NAMED_MAX = 32, /* who names more has a table of them */
};

struct state {
	const char *folder; /* glibc's modules; NULL: not seen yet */
	const char *who; /* a caller of iconv_open */
	const char *who_all; /* whose subject conversions are */
	bool done, done_all;
	const struct subject *callers[CALLERS_MAX]; /* programs that were asked for; copies */
	size_t n_callers, n_named;
	struct charsets *charsets; /* NULL: not read yet */
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
	if (import && s->wanted && s->kind == SUBJECT_PROGRAM && st->n_callers < CALLERS_MAX) {
		struct subject *copy = arena_new_of(a, struct subject);
		*copy = *s;
		copy->path = arena_dup(a, s->path);
		st->callers[st->n_callers++] = copy;
	}
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

/* What the cache was made of. */
static void read_charsets(struct rules *r, struct state *st)
{
	struct arena *a = rules_arena(r);
	const char *more = arena_printf(a, "%s/gconv-modules.d", st->folder);
	const char *text = rules_read(r, arena_printf(a, "%s/gconv-modules", st->folder), NULL);
	st->charsets = charsets_new(a);
	charsets_read(st->charsets, str_from(text ? text : ""));
	for (const char *const *name = rules_list(r, more); *name; name++) {
		text = rules_read(r, arena_printf(a, "%s/%s", more, *name), NULL);
		charsets_read(st->charsets, str_from(text ? text : ""));
	}
}

/* The program's own words: "CP850". */
static void ask_named_by(struct rules *r, struct state *st, const struct subject *s)
{
	if (!st->charsets)
		read_charsets(r, st);
	const char *const *file = charsets_named(st->charsets, rules_rodata(r, s), NAMED_MAX);
	for (; *file; file++) {
		const char *path = arena_printf(rules_arena(r), "%s/%s.so", st->folder, *file);
		if (rules_has(r, path))
			rules_ask(r, s, &(struct ask){ ASK_PATH, path }, "names it");
	}
}

static int settle(struct rules *r, void *state, struct mkr_error *err)
{
	struct state *st = state;
	(void)err;
	if (rules_named(r) && !st->who_all)
		st->who_all = st->who = "asked for by --with";
	if (st->folder && st->who && !st->done)
		ask_modules(r, st);
	for (; st->folder && st->n_named < st->n_callers; st->n_named++)
		ask_named_by(r, st, st->callers[st->n_named]);
	if (st->folder && st->who_all && !st->done_all) {
		st->done_all = true;
		rules_ask(r, NULL, &(struct ask){ ASK_TREE, st->folder, .no_scripts = true },
			st->who_all);
	}
	return 0;
}

static void let_go(void *state)
{
	struct state *st = state;
	charsets_free(st->charsets);
}

const struct rule_set rule_iconv = {
	.name = "iconv",
	.help = "glibc's common character sets; by name all",
	.state_size = sizeof(struct state),
	.look = look,
	.settle = settle,
	.let_go = let_go,
};
