#include "rules/charsets.h"

#include "base/map.h"
#include "base/set.h"
#include "base/vec.h"
#include "rules/rule.h"

#include <ctype.h>
#include <string.h>

enum { NAME_MAX_LONG = 40, LINES_MAX = 20000, STRINGS_MAX = 100000, PATTERNS_MAX = 1600 };

struct charset {
	const char *name; /* in capitals, without slashes */
	const char *file; /* NULL: an alias */
	const char *is; /* what an alias stands for */
	UT_hash_handle hh;
};

struct charsets {
	struct arena *arena;
	struct charset *all;
};

struct charsets *charsets_new(struct arena *a)
{
	struct charsets *c = arena_new_of(a, struct charsets);
	c->arena = a;
	return c;
}

void charsets_free(struct charsets *c)
{
	if (c)
		HASH_CLEAR(hh, c->all);
}

/* "koi8-r//TRANSLIT" is "KOI8-R"; NULL: no name. */
static const char *capitals(struct arena *a, struct str text)
{
	const char *slash = text.n ? memchr(text.p, '/', text.n) : NULL;
	text.n = slash ? (size_t)(slash - text.p) : text.n;
	if (text.n < 2 || text.n > NAME_MAX_LONG)
		return NULL;
	char *name = arena_alloc(a, text.n + 1);
	for (size_t i = 0; i < text.n; i++) {
		if (!isalnum((unsigned char)text.p[i]) && !memchr("-_.:+()", text.p[i], 7))
			return NULL;
		name[i] = (char)toupper((unsigned char)text.p[i]);
	}
	return name;
}

static struct charset *find(const struct charsets *c, const char *name)
{
	struct charset *there;
	HASH_FIND_STR(c->all, name, there);
	return there;
}

static void add(struct charsets *c, const char *name, const char *file, const char *is)
{
	if (!name || find(c, name))
		return;
	struct charset *new = arena_new_of(c->arena, struct charset);
	*new = (struct charset){ .name = name, .file = file, .is = is };
	HASH_ADD_KEYPTR(hh, c->all, new->name, strlen(new->name), new);
}

/* A file beside the list: no path. */
static const char *file_of(struct arena *a, struct str word)
{
	if (word.n == 0 || *word.p == '.' || memchr(word.p, '/', word.n) ||
		memchr(word.p, '\0', word.n))
		return NULL;
	return arena_dup_str(
		a, str_ends(word, STR(".so")) ? (struct str){ word.p, word.n - 3 } : word);
}

static void read_line(struct charsets *c, struct str line)
{
	struct str what, from, to, file;
	if (!next_word(&line, &what) || !next_word(&line, &from) || !next_word(&line, &to))
		return;
	if (str_eq(what, STR("alias"))) {
		const char *is = capitals(c->arena, to);
		if (is)
			add(c, capitals(c->arena, from), NULL, is);
	} else if (str_eq(what, STR("module")) && next_word(&line, &file)) {
		/* Both ways, from and to what glibc has inside. */
		struct str name = str_eq(from, STR("INTERNAL")) ? to : from;
		const char *so = file_of(c->arena, file);
		if (so)
			add(c, capitals(c->arena, name), so, NULL);
	}
}

void charsets_read(struct charsets *c, struct str text)
{
	struct str line;
	for (size_t n = 0; n < LINES_MAX && next_line(&text, &line); n++)
		read_line(c, line);
}

static const char *file_by_name(const struct charsets *c, const char *name)
{
	const struct charset *s = find(c, name);
	if (s && s->is)
		s = find(c, s->is);
	return s ? s->file : NULL;
}

struct hits {
	struct set *seen;
	VEC(const char *) files;
};

static void hit(struct charsets *c, struct hits *h, const char *file)
{
	if (file && set_add(&h->seen, c->arena, file))
		vec_push(&h->files, file);
}

/* Words of languages are aliases as well ("DE", "LATIN"): a name has a digit, a hyphen, or is one
 * of those that have not. */
static bool is_telling(const char *name)
{
	return strpbrk(name, "0123456789-") || words_match("GBK SJIS JOHAB UHC TCVN VISCII", name);
}

static bool is_short_number(const char *text)
{
	size_t n = strlen(text);
	return n >= 1 && n <= 3 && strspn(text, "0123456789") == n;
}

/* "CP%d", "ISO-8859-%u//IGNORE": numbers of up to three digits, as PC code pages have. */
static void match_pattern(struct charsets *c, struct hits *h, struct str text)
{
	const char *percent = memchr(text.p, '%', text.n);
	struct str prefix = { text.p, percent ? (size_t)(percent - text.p) : 0 };
	struct str rest = str_skip(text, prefix.n + 1);
	while (rest.n && isdigit((unsigned char)*rest.p))
		rest = str_skip(rest, 1);
	if (rest.n && *rest.p == 'l')
		rest = str_skip(rest, 1);
	if (rest.n == 0 || !strchr("dui", *rest.p) || (rest.n > 1 && rest.p[1] != '/'))
		return;
	const char *start = capitals(c->arena, prefix);
	size_t n = start ? strlen(start) : 0;
	for (const struct charset *s = c->all; n && s; s = s->hh.next)
		if (strncmp(s->name, start, n) == 0 && is_short_number(s->name + n))
			hit(c, h, file_by_name(c, s->name));
}

const char *const *charsets_named(struct charsets *c, struct str text, size_t max)
{
	struct hits words = { 0 }, patterns = { 0 };
	struct str part;
	size_t n_patterns = 0;
	for (size_t n = 0; n < STRINGS_MAX && strings_next(&text, &part); n++) {
		if (part.n > NAME_MAX_LONG)
			continue;
		if (memchr(part.p, '%', part.n)) {
			if (n_patterns++ < PATTERNS_MAX)
				match_pattern(c, &patterns, part);
			continue;
		}
		struct arena *tmp = arena_new();
		const char *name = capitals(tmp, part);
		if (name && is_telling(name))
			hit(c, &words, file_by_name(c, name));
		arena_free(tmp);
	}
	if (words.files.n > max)
		words.files.n = 0;
	for (size_t i = 0; i < patterns.files.n; i++)
		hit(c, &words, patterns.files.at[i]);
	const char **out = arena_array(c->arena, const char *, words.files.n + 1);
	if (words.files.n)
		memcpy(out, words.files.at, words.files.n * sizeof(*out));
	set_clear(&words.seen);
	set_clear(&patterns.seen);
	vec_free(&words.files);
	vec_free(&patterns.files);
	return out;
}
