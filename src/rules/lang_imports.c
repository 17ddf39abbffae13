#include "rules/lang_imports.h"

#include <ctype.h>
#include <string.h>

/* A file that names more modules without loading them is a table (Encode::Config: encodings). */
enum { MENTIONS_MAX = 24, LINES_BEFORE = 3 };

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static struct str take_name(struct str *s)
{
	struct str name = { s->p, 0 };
	while (name.n < s->n && is_name(name.p[name.n]))
		name.n++;
	*s = str_skip(*s, name.n);
	return name;
}

static struct str skip_blanks(struct str s)
{
	while (s.n && (*s.p == ' ' || *s.p == '\t'))
		s = str_skip(s, 1);
	return s;
}

/* Takes the word off the text's start if it stands there, with a blank behind it. */
static bool take_word(struct str *s, struct str word)
{
	if (!str_starts(*s, word) || s->n <= word.n || !strchr(" \t(", s->p[word.n]))
		return false;
	*s = skip_blanks(str_skip(*s, word.n));
	return true;
}

/* What the quote at the text's start encloses, on this line; nothing: it has no end. */
static struct str quoted(struct str s)
{
	const char *end = s.n > 1 ? memchr(s.p + 1, *s.p, s.n - 1) : NULL;
	return end ? (struct str){ s.p + 1, (size_t)(end - s.p - 1) } : (struct str){ NULL, 0 };
}

static void add_folders(struct arena *a, struct str line, struct imports *out)
{
	for (; line.n; line = str_skip(line, 1)) {
		if (*line.p != '"' && *line.p != '\'')
			continue;
		struct str text = quoted(line);
		if (!text.p)
			return;
		if (text.n > 1 && *text.p == '/')
			vec_push(&out->folders, arena_dup_str(a, text));
		line = str_skip(line, text.n + 1);
	}
}

/* "import a.b as c, d" */
static void import_list(struct arena *a, struct str rest, struct imports *out)
{
	struct str part;
	while (str_split(&rest, ",", &part)) {
		part = skip_blanks(part);
		struct str name = take_name(&part);
		if (name.n)
			vec_push(&out->modules, arena_dup_str(a, name));
	}
}

static void python_statement(struct arena *a, struct str rest, struct imports *out)
{
	if (take_word(&rest, STR("import"))) {
		import_list(a, rest, out);
	} else if (take_word(&rest, STR("from"))) {
		struct str name = take_name(&rest);
		if (name.n)
			vec_push(&out->modules, arena_dup_str(a, name));
	}
}

void python_imports(struct arena *a, struct str text, bool all, struct imports *out)
{
	struct str line, part;
	while (str_split(&text, "\n", &line)) {
		if (all && memmem(line.p, line.n, "sys.path", 8))
			add_folders(a, line, out);
		for (bool first = true; str_split(&line, ";", &part); first = false)
			python_statement(a, all || !first ? skip_blanks(part) : part, out);
	}
}

/* "A::B::C", at most 200 bytes long. */
static struct str perl_name(struct str s)
{
	struct str name = { s.p, 0 };
	if (!s.n || !(isalpha((unsigned char)*s.p) || *s.p == '_'))
		return name;
	while (name.n < s.n && name.n < 200) {
		if (is_name(s.p[name.n]))
			name.n++;
		else if (str_starts(str_skip(s, name.n), STR("::")) && s.n > name.n + 2 &&
			is_name(s.p[name.n + 2]))
			name.n += 2;
		else
			break;
	}
	return name;
}

static bool is_compound(struct str name)
{
	return memmem(name.p, name.n, "::", 2) != NULL;
}

/* Names in quotes, in qw(), and before "->". */
static void perl_mentions(struct arena *a, struct str line, bool parents, struct imports *out)
{
	char before = ' ';
	while (line.n) {
		struct str name = perl_name(line);
		if (name.n == 0) {
			before = *line.p;
			line = str_skip(line, 1);
			continue;
		}
		line = str_skip(line, name.n);
		bool is_quoted = (before == '\'' || before == '"') && line.n && *line.p == before;
		bool is_class = str_starts(line, STR("->"));
		if (before != '$' && before != '@' && before != '%' && before != '&' &&
			((parents && !str_eq(name, STR("qw"))) ||
				(is_compound(name) && (is_quoted || is_class))))
			vec_push(&out->modules, arena_dup_str(a, name));
		before = 'a';
	}
}

/* "require A::B::$x", 'require "A/B/$x.pm"': which one is told at run time. */
static void perl_families(struct arena *a, struct str line, struct imports *out)
{
	const char *at;
	while ((at = memmem(line.p, line.n, "require ", 8))) {
		line = str_skip(line, (size_t)(at - line.p) + 8);
		struct str name = line;
		if (name.n && *name.p == '"')
			name = str_skip(name, 1);
		size_t n = 0, parts = 0;
		char text[200];
		for (struct str s = name; s.n && n + 2 < sizeof(text); s = str_skip(s, 1)) {
			bool slash = *s.p == '/', colons = str_starts(s, STR("::"));
			if (*s.p == '$') {
				if (parts >= 2 && n > 2 && text[n - 1] == ':')
					vec_push(&out->families,
						arena_dup_str(a, (struct str){ text, n - 2 }));
				break;
			}
			if (!slash && !colons && !is_name(*s.p))
				break;
			parts += slash || colons;
			text[n++] = slash ? ':' : *s.p;
			if (slash || colons)
				text[n++] = ':';
			if (colons)
				s = str_skip(s, 1);
		}
	}
}

static void perl_line(
	struct arena *a, struct str line, struct imports *out, struct imports *mentions)
{
	struct str rest = skip_blanks(line);
	if (rest.n == 0 || *rest.p == '#')
		return;
	perl_families(a, rest, out);
	/* "eval { require X }", "if ($x) { require X; }" */
	const char *brace = memmem(rest.p, rest.n, "require ", 8);
	struct str statement = rest;
	if (brace && (brace == rest.p || strchr(" \t{;(", brace[-1])))
		statement = str_skip(rest, (size_t)(brace - rest.p));
	if (take_word(&statement, STR("use")) || take_word(&statement, STR("require")) ||
		take_word(&statement, STR("no"))) {
		struct str name = perl_name(statement);
		bool parents = str_eq(name, STR("parent")) || str_eq(name, STR("base"));
		if (name.n)
			vec_push(&out->modules, arena_dup_str(a, name));
		if (str_eq(name, STR("lib")))
			add_folders(a, statement, out);
		perl_mentions(a, str_skip(statement, name.n), parents, out);
	} else {
		perl_mentions(a, rest, false, mentions);
	}
	if (memmem(rest.p, rest.n, "encoding(", 9) || memmem(rest.p, rest.n, ":encoding", 9))
		vec_push(&out->modules, "PerlIO::encoding");
	if (memmem(rest.p, rest.n, "\\N{", 3))
		vec_push(&out->modules, "charnames");
}

void perl_imports(struct arena *a, struct str text, struct imports *out)
{
	struct imports mentions = { 0 };
	struct str line, before[LINES_BEFORE] = { 0 };
	bool pod = false;
	while (str_split(&text, "\n", &line)) {
		if (line.n > 1 && *line.p == '=' && isalpha((unsigned char)line.p[1]))
			pod = true;
		if (str_eq(line, STR("__END__")) || str_eq(line, STR("__DATA__")))
			break;
		if (!pod)
			perl_line(a, line, out, &mentions);
		/* "my $dir = $ENV{X} || '/usr/share/x'; unshift @INC, $dir;" */
		for (size_t i = 0; !pod && memmem(line.p, line.n, "@INC", 4) && i < LINES_BEFORE;
			i++)
			add_folders(a, before[i], out);
		if (!pod && memmem(line.p, line.n, "@INC", 4))
			add_folders(a, line, out);
		memmove(before + 1, before, sizeof(before) - sizeof(*before));
		before[0] = line;
		if (str_starts(line, STR("=cut")))
			pod = false;
	}
	for (size_t i = 0; i < mentions.modules.n && mentions.modules.n <= MENTIONS_MAX; i++)
		vec_push(&out->modules, mentions.modules.at[i]);
	imports_free(&mentions);
}

void imports_free(struct imports *i)
{
	vec_free(&i->modules);
	vec_free(&i->families);
	vec_free(&i->folders);
}
