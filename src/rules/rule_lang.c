/* Interpreters: the library that each needs, found from where it lies, and what scripts import. */
#include "rules/lang.h"

#include <ctype.h>
#include <string.h>

/* What others add to an interpreter comes whole up to this; above it, that is a system's worth. */
enum { SITE_MAX = 64 << 20 };

struct lang {
	VEC(struct interp) found;
	struct set *seen;
	struct texts_read texts;
};

/* Of all that is installed for a language, what installs more of it. */
static const char *const site_skip[] = { "pip", "pip-*", "setuptools", "setuptools-*", "wheel",
	"wheel-*", "pkg_resources", "_distutils_hack", "distutils-precedence.pth", "tests", "test",
	"*.a", "*.la", "*.h", "*.pod", "man", "doc", "*.opt-[12].pyc", NULL };

/* "3.11" of "libpython3.11.so.1.0", "5.36" of "libperl.so.5.36"; "*" when there is none. */
static const char *version_of(struct rules *r, const char *path)
{
	const char *name = base_name(path);
	const char *digit = name + strcspn(name, "0123456789");
	size_t n = strspn(digit, "0123456789.");
	while (n && digit[n - 1] == '.')
		n--;
	return n ? arena_dup_str(rules_arena(r), (struct str){ digit, n }) : "*";
}

/* Puts %v and %L in; NULL: there is no %L. */
static const char *fill_in(struct rules *r, const struct interp *in, struct str word)
{
	struct arena *a = rules_arena(r);
	const char *text = "";
	bool absolute = word.n && (word.p[0] == '/' || str_starts(word, STR("%L")));
	while (word.n) {
		const char *percent = memchr(word.p, '%', word.n);
		size_t n = percent ? (size_t)(percent - word.p) : word.n;
		text = arena_printf(a, "%s%.*s", text, (int)n, word.p);
		word = str_skip(word, n);
		if (word.n < 2)
			break;
		if (word.p[1] == 'L' && !in->lib_dir)
			return NULL;
		text = arena_printf(a, "%s%s", text, word.p[1] == 'L' ? in->lib_dir : in->version);
		word = str_skip(word, 2);
	}
	return absolute ? text : arena_printf(a, "%s/%s", in->prefix, text);
}

struct names lang_paths(struct rules *r, const struct interp *in, const char *list)
{
	VEC(const char *) all = { 0 };
	struct str rest = str_from(list ? list : ""), word;
	while (str_split(&rest, " ", &word)) {
		const char *pattern = word.n ? fill_in(r, in, word) : NULL;
		struct names some = pattern ? rules_paths(r, pattern) : (struct names){ 0 };
		for (size_t i = 0; i < some.n; i++)
			vec_push(&all, some.at[i]);
	}
	struct names names = { NULL, all.n };
	if (all.n) {
		names.at = arena_array(rules_arena(r), const char *, all.n);
		memcpy(names.at, all.at, all.n * sizeof(*all.at));
	}
	vec_free(&all);
	return names;
}

/* Fills the prefix in; false: the layout is not this system's. */
static bool find_prefix(struct rules *r, struct interp *in)
{
	struct str at = str_dir(str_from(in->path));
	while (at.n > 1) {
		at = str_dir(at);
		in->prefix = at.n > 1 ? arena_dup_str(rules_arena(r), at) : "";
		if (lang_paths(r, in, in->layout->landmarks).n)
			return true;
	}
	return false;
}

static void ask_trees(struct rules *r, const struct subject *s, const struct interp *in,
	const char *list, const char *const *skip)
{
	struct names paths = lang_paths(r, in, list);
	for (size_t i = 0; i < paths.n; i++) {
		struct ask ask = {
			.kind = ASK_TREE, .what = paths.at[i], .no_scripts = true, .skip = skip
		};
		rules_ask(r, s, &ask, "reads its library");
	}
}

/* All that is installed for the language. */
static void ask_site(struct rules *r, const struct subject *s, const struct interp *in)
{
	struct names paths = lang_paths(r, in, in->layout->site);
	uint64_t size = 0;
	for (size_t i = 0; i < paths.n && size <= SITE_MAX; i++)
		size += rules_tree_size(r, paths.at[i], site_skip, SITE_MAX);
	if (size <= SITE_MAX) {
		ask_trees(r, s, in, in->layout->site, site_skip);
		return;
	}
	rules_warn(r,
		arena_printf(rules_arena(r),
			"what is installed for %s is over %d MiB and left out: -i PATH brings "
			"what you need of it",
			in->path, SITE_MAX >> 20));
}

/* Are the script's own modules looked for? */
static bool is_read(const struct subject *s)
{
	return s->wanted || (s->set && strcmp(s->set, "scripts") == 0);
}

static bool is_called(const struct layout *l, const struct subject *s)
{
	const char *names = s->kind == SUBJECT_PROGRAM ? l->programs : l->libraries;
	return names && words_match(names, base_name(s->path));
}

static void look_object(struct rules *r, struct lang *state, const struct subject *s)
{
	/* A plug-in that some rule brought may be linked with an interpreter: few want that one. */
	if (s->kind == SUBJECT_LIBRARY && !s->wanted)
		return;
	for (const struct layout *l = layouts; l->landmarks; l++) {
		struct interp in = { .layout = l, .path = s->path, .lib_dir = s->lib_dir };
		if (!is_called(l, s))
			continue;
		in.version = version_of(r, s->path);
		if (!find_prefix(r, &in))
			continue;
		vec_push(&state->found, in);
		ask_trees(r, s, &in, l->base, l->skip);
		if (!s->script || !is_read(s) || !l->core_by_name)
			ask_trees(r, s, &in, l->core, l->skip);
		bool bare = s->kind == SUBJECT_PROGRAM && !s->script && s->wanted;
		/* What its scripts need of it cannot be told. */
		bool blind = s->kind == SUBJECT_PROGRAM && !l->modules && is_read(s);
		if (bare || blind)
			ask_site(r, s, &in);
		return;
	}
}

static void look_script(struct rules *r, struct lang *state, const struct subject *s)
{
	for (size_t i = 0; i < state->found.n && is_read(s); i++) {
		const struct interp *in = &state->found.at[i];
		if (strcmp(in->path, s->interp) != 0)
			continue;
		if (!in->layout->modules) {
			ask_site(r, s, in);
			return;
		}
		struct module_search m = { .rules = r, .script = s, .interp = in };
		m.core = lang_paths(r, in,
			arena_printf(rules_arena(r), "%s %s",
				in->layout->base ? in->layout->base : "",
				in->layout->core ? in->layout->core : ""));
		m.site = lang_paths(r, in, in->layout->site);
		m.seen = &state->seen;
		m.texts = &state->texts;
		in->layout->modules(&m, s->path);
		vec_free(&m.own);
		return;
	}
}

/* A virtual environment: python looks beside the folder it was started from (getpath.py). */
static void look_venv(struct rules *r, const struct subject *s)
{
	struct str home = str_dir(str_dir(str_from(s->asked)));
	struct arena *a = rules_arena(r);
	const char *cfg = arena_printf(a, "%.*s/pyvenv.cfg", (int)home.n, home.p);
	if (home.n < 2 || !words_match("python* pypy*", base_name(s->asked)) || !rules_has(r, cfg))
		return;
	rules_ask(r, s, &(struct ask){ ASK_PATH, cfg }, "reads its environment");
	struct names site =
		rules_paths(r, arena_printf(a, "%.*s/lib/*/site-packages", (int)home.n, home.p));
	for (size_t i = 0; i < site.n; i++)
		rules_ask(r, s,
			&(struct ask){ .kind = ASK_TREE,
				.what = site.at[i],
				.no_scripts = true,
				.skip = site_skip },
			"reads its environment");
}

static int look(struct rules *r, void *at, const struct subject *s, struct mkr_error *err)
{
	(void)err;
	if (s->kind == SUBJECT_SCRIPT) {
		look_script(r, at, s);
		return 0;
	}
	look_object(r, at, s);
	if (s->kind == SUBJECT_PROGRAM)
		look_venv(r, s);
	return 0;
}

static void let_go(void *at)
{
	struct lang *state = at;
	vec_free(&state->found);
	set_clear(&state->seen);
}

const struct rule_set rule_lang = {
	.name = "lang",
	.help = "the libraries of interpreters, and the modules that scripts import",
	.state_size = sizeof(struct lang),
	.look = look,
	.let_go = let_go,
};
