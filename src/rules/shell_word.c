/* Words of a script: quotes, expansions, what ends them (POSIX XCU 2.2, 2.3, 2.6). */
#include "rules/shell_parse.h"

#include <ctype.h>
#include <string.h>

struct text {
	VEC(char) bytes;
};

static void put(struct text *t, char c)
{
	vec_push(&t->bytes, c);
}

static void put_text(struct text *t, const char *text)
{
	for (; *text; text++)
		put(t, *text);
}

static void put_unknown(struct text *t)
{
	put(t, REF);
	put(t, END);
}

static bool is_name_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

bool shell_is_meta(const struct shell *s, char c)
{
	return strchr(" \t\n;&|<>()", c) || (c == '`' && s->backquotes);
}

void shell_skip_arithmetic(struct shell *s)
{
	for (unsigned open = 0; !shell_at_end(s); s->p++) {
		if (*s->p == '(') {
			open++;
		} else if (*s->p == ')' && open-- == 0) {
			s->p += shell_peek(s, 1) == ')' ? 2 : 1;
			return;
		}
	}
}

static void skip_quoted(struct shell *s, struct text *t)
{
	const char *end = memchr(s->p, '\'', (size_t)(s->stop - s->p));
	for (; !shell_at_end(s) && s->p != end; s->p++)
		put(t, *s->p);
	if (!shell_at_end(s))
		s->p++;
}

static void dollar(struct shell *s, struct text *t);
static void double_quoted(struct shell *s, struct text *t);

static void put_ref(struct text *t, const char *name)
{
	put(t, REF);
	put_text(t, name);
	put(t, END);
}

static bool holds(struct str text, const char *part)
{
	return memmem(text.p, text.n, part, strlen(part)) != NULL;
}

/* "/../lib" behind a dirname. */
static void put_way_up(struct text *t, struct str commands)
{
	const char *stop = commands.p + commands.n;
	const char *up = memmem(commands.p, commands.n, "/..", 3);
	for (; up && up < stop && (is_name_char(*up) || strchr("/.-", *up)); up++)
		put(t, *up);
}

/* What comes of it: "$(cd $(dirname $0) && pwd)" is the script's folder, "$(readlink -f $0)" the
 * script. */
static void put_output(struct text *t, struct str commands)
{
	bool self = holds(commands, "$0") || holds(commands, "${0}") ||
		holds(commands, "$BASH_SOURCE") || holds(commands, "${BASH_SOURCE");
	if (self && holds(commands, "dirname")) {
		put_ref(t, SHELL_HOME);
		put_way_up(t, commands);
	} else if (self && (holds(commands, "readlink") || holds(commands, "realpath"))) {
		put_ref(t, SHELL_SELF);
	} else {
		put_unknown(t);
	}
}

static void command_substitution(struct shell *s, char close, struct text *t)
{
	const char *begin = ++s->p;
	if (close == '`')
		s->backquotes++;
	unsigned outer = s->backquotes;
	if (close != '`')
		s->backquotes = 0;
	shell_commands(s, close);
	s->backquotes = close == '`' ? outer - 1 : outer;
	put_output(t, (struct str){ begin, (size_t)(s->p - begin) });
}

/* One step of a word, inside double quotes or not; what ends it is the caller's. */
static void step(struct shell *s, struct text *t, bool in_quotes)
{
	char c = *s->p;
	if (c == REF) { /* read before: in the argument of eval */
		unsigned open = 0;
		do {
			open += *s->p == REF;
			open -= *s->p == END;
			put(t, *s->p++);
		} while (open && !shell_at_end(s));
	} else if (c == '\\') {
		s->p++;
		if (shell_at_end(s))
			return;
		if (in_quotes && !strchr("$`\"\\\n", *s->p))
			put(t, '\\');
		if (*s->p != '\n')
			put(t, *s->p);
		s->p++;
	} else if (c == '\'' && !in_quotes) {
		s->p++;
		skip_quoted(s, t);
	} else if (c == '"' && !in_quotes) {
		s->p++;
		double_quoted(s, t);
	} else if (c == '`') {
		command_substitution(s, '`', t);
	} else if (c == '$') {
		dollar(s, t);
	} else {
		put(t, c);
		s->p++;
	}
}

static void double_quoted(struct shell *s, struct text *t)
{
	if (s->depth >= NESTING_MAX) {
		s->p = s->stop;
		return;
	}
	s->depth++;
	while (!shell_at_end(s) && *s->p != '"' && !(*s->p == '`' && s->backquotes))
		step(s, t, true);
	s->depth--;
	if (!shell_at_end(s) && *s->p == '"')
		s->p++;
}

/* After "${NAME": the operator, and the word up to "}". */
static void parameter(struct shell *s, struct str name, struct text *t)
{
	bool colon =
		shell_peek(s, 0) == ':' && shell_peek(s, 1) && strchr("-=+?", shell_peek(s, 1));
	char op = shell_peek(s, colon);
	bool has_default = op == '-' || op == '=';
	bool plain = op == '}' && !colon;
	struct text word = { 0 };
	if (has_default)
		s->p += colon + 1;
	s->depth++;
	while (!shell_at_end(s) && *s->p != '}')
		step(s, &word, false);
	s->depth--;
	if (!shell_at_end(s))
		s->p++;
	put(&word, '\0');
	/* All but what follows the last slash. */
	bool home = str_eq(name, STR("0")) && strcmp(word.bytes.at, "%/*") == 0;
	put(t, REF);
	if (home)
		put_text(t, SHELL_HOME);
	else if (plain || has_default)
		put_text(t, arena_dup_str(s->arena, name));
	if (has_default) {
		put(t, ALT);
		put_text(t, word.bytes.at);
	}
	put(t, END);
	if (op == '=' && name.n)
		shell_assign(s, name, arena_dup(s->arena, word.bytes.at));
	vec_free(&word.bytes);
}

static struct str read_name(struct shell *s)
{
	struct str name = { s->p, 0 };
	for (; !shell_at_end(s) && is_name_char(*s->p); s->p++)
		name.n++;
	return name;
}

static void dollar(struct shell *s, struct text *t)
{
	s->p++;
	char c = shell_peek(s, 0);
	if (s->depth >= NESTING_MAX) {
		s->p = s->stop;
	} else if (c == '(' && shell_peek(s, 1) == '(') {
		s->p += 2;
		shell_skip_arithmetic(s);
		put_unknown(t);
	} else if (c == '(') {
		command_substitution(s, ')', t);
	} else if (c == '{') {
		s->p++;
		parameter(s, read_name(s), t);
	} else if (isalpha((unsigned char)c) || c == '_') {
		struct str name = read_name(s);
		put(t, REF);
		put_text(t, arena_dup_str(s->arena, name));
		put(t, END);
	} else if (c == '\'' || c == '"') { /* $'...' and $"..." of bash */
		return;
	} else {
		s->p += !shell_at_end(s) && !shell_is_meta(s, c);
		put_ref(t, c == '0' ? SHELL_SELF : "");
	}
}

/* "NAME=", "NAME+=": how long. 0: something else in front of "=". */
static size_t assignment(struct str text)
{
	size_t n = 0;
	while (n < text.n && is_name_char(text.p[n]))
		n++;
	if (n == 0 || isdigit((unsigned char)text.p[0]))
		return 0;
	n += n < text.n && text.p[n] == '+';
	return n + 1 == text.n ? text.n : 0;
}

/* Patterns of ksh and bash: "@(a|b)". */
static bool opens_pattern(const struct shell *s, const struct text *t)
{
	return *s->p == '(' && t->bytes.n && strchr("?*+@!", t->bytes.at[t->bytes.n - 1]);
}

struct word shell_word(struct shell *s)
{
	struct word w = { 0 };
	struct text t = { 0 };
	while (!shell_at_end(s)) {
		if (opens_pattern(s, &t)) {
			s->p++;
			shell_skip_arithmetic(s);
			put_unknown(&t);
			continue;
		}
		if (shell_is_meta(s, *s->p))
			break;
		w.quoted |= strchr("'\"\\", *s->p) && w.equals == 0;
		step(s, &t, false);
		struct str so_far = { t.bytes.at, t.bytes.n };
		if (!w.quoted && !w.equals && str_ends(so_far, STR("=")))
			w.equals = assignment(so_far);
	}
	put(&t, '\0');
	w.text = arena_dup(s->arena, t.bytes.at);
	vec_free(&t.bytes);
	return w;
}
