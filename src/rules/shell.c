/* Commands of a script: the grammar of POSIX XCU 2.10, as far as it says where a command stands. */
#include "rules/shell_parse.h"

#include "rules/rule.h"

#include <ctype.h>
#include <string.h>

/* What the next word is. */
enum expected {
	COMMAND,
	ARGUMENT,
	DECLARED, /* an argument of export and the like: assignments count */
	WRAPPED, /* the command that env, exec, xargs ... start */
	TEXT, /* an argument that is a script itself */
	AFTER_C, /* an argument of a shell: the one behind "-c" is a script */
	SOURCED,
	LOOP_VARIABLE,
	LOOP_IN,
	LOOP_WORD,
	CASE_WORD,
	CASE_IN,
	FUNCTION,
	TEST, /* inside [[ ]] */
};

struct state {
	enum expected next;
	unsigned cases; /* open ones */
	bool pattern; /* a case's pattern comes next */
	bool conditional; /* behind "&&", "||", "|" */
	bool exec, last; /* the command is exec's; nothing of the script comes after it */
	bool may_be_value; /* WRAPPED: after "-n", which may have taken its value or not */
	struct str variable;
};

static const char reserved[] = "if then elif else do while until ! { } fi done time coproc";
static const char opening[] = "if while until {", closing[] = "fi done }";
const char shell_wrappers[] =
	"exec command builtin env nice nohup timeout sudo doas xargs setsid "
	"stdbuf ionice chrt taskset unbuffer setpriv unshare nsenter fakeroot "
	"flock strace watch parallel";
static const char declares[] = "export readonly local declare typeset alias";
static const char shells[] = "sh bash dash ash ksh zsh mksh busybox su runuser";
static const char execs[] = "-exec -execdir -ok -okdir";

static void command(struct shell *s, const char *raw)
{
	vec_push(&s->commands.list, raw);
}

/* "name ()": steps over the parentheses. */
static bool is_function(struct shell *s)
{
	const char *p = s->p;
	shell_skip_blanks(s);
	if (shell_peek(s, 0) == '(') {
		s->p++;
		shell_skip_blanks(s);
		if (shell_peek(s, 0) == ')') {
			s->p++;
			return true;
		}
	}
	s->p = p;
	return false;
}

static enum expected after_command(const char *name)
{
	const char *last = base_name(name);
	if (words_match(shell_wrappers, last))
		return WRAPPED;
	if (words_match(declares, last))
		return DECLARED;
	if (words_match("eval trap", last))
		return TEXT;
	if (words_match(shells, last))
		return AFTER_C;
	return words_match(". source", name) ? SOURCED : ARGUMENT;
}

static void end_case(struct shell *s, struct state *st)
{
	st->cases -= st->cases > 0;
	s->blocks -= s->blocks > 0;
}

/* True for a word of the grammar itself. */
static bool is_reserved(struct shell *s, struct state *st, const char *text)
{
	if (words_match(reserved, text)) {
		s->blocks += words_match(opening, text);
		s->blocks -= s->blocks && words_match(closing, text);
	} else if (words_match("for select", text)) {
		s->blocks++;
		st->next = LOOP_VARIABLE;
	} else if (strcmp(text, "case") == 0) {
		s->blocks++;
		st->next = CASE_WORD;
	} else if (strcmp(text, "esac") == 0) {
		end_case(s, st);
	} else if (strcmp(text, "function") == 0) {
		st->next = FUNCTION;
	} else if (strcmp(text, "[[") == 0) {
		st->next = TEST;
	} else {
		return false;
	}
	return true;
}

/* Is it sure to be executed where it stands? "exec tclsh $0" and "exit" then end what is a shell's
 * of a file. */
static bool is_certain(const struct shell *s, const struct state *st)
{
	return s->depth == 1 && s->blocks == 0 && !st->conditional;
}

static void command_word(struct shell *s, struct state *st, const struct word *w)
{
	if (w->equals) {
		shell_take_assignment(s, w);
	} else if (!w->quoted && is_reserved(s, st, w->text)) {
		return;
	} else if (is_function(s)) {
		set_add(&s->functions, s->arena, w->text);
	} else {
		command(s, w->text);
		st->next = after_command(w->text);
		st->may_be_value = false;
		st->exec = strcmp(w->text, "exec") == 0;
		st->last = strcmp(w->text, "exit") == 0 && is_certain(s, st);
	}
}

static void wrapped_word(struct shell *s, struct state *st, const struct word *w)
{
	const char *t = w->text;
	if (strcmp(t, "-v") == 0 || strcmp(t, "-V") == 0) {
		st->next = ARGUMENT; /* "command -v NAME" only asks */
	} else if (*t == '-') {
		st->may_be_value = t[1] && !t[2];
	} else if (w->equals || isdigit((unsigned char)*t)) {
		st->may_be_value = false;
	} else {
		bool again = st->may_be_value;
		st->next = COMMAND;
		command(s, t);
		st->next = again ? WRAPPED : after_command(t);
		st->may_be_value = false;
		st->last = st->exec && is_certain(s, st);
	}
}

static void loop_word(struct shell *s, struct state *st, const struct word *w)
{
	if (st->next == LOOP_VARIABLE)
		st->variable = str_from(w->text);
	if (st->next == LOOP_WORD)
		shell_assign(s, st->variable, w->text)->split = true;
	else if (st->next == LOOP_VARIABLE)
		st->next = LOOP_IN;
	else
		st->next = strcmp(w->text, "in") == 0 ? LOOP_WORD : COMMAND;
}

static void take_word(struct shell *s, struct state *st)
{
	const char *before = s->p;
	struct word w = shell_word(s);
	if (s->p == before) /* nothing that a word starts with */
		s->p += !shell_at_end(s);
	if (isdigit((unsigned char)w.text[0]) &&
		(shell_peek(s, 0) == '<' || shell_peek(s, 0) == '>'))
		return; /* "2>file" */
	switch (st->next) {
	case COMMAND:
		command_word(s, st, &w);
		break;
	case WRAPPED:
		wrapped_word(s, st, &w);
		break;
	case ARGUMENT:
		if (words_match(execs, w.text)) {
			st->next = WRAPPED;
			st->may_be_value = false;
		}
		break;
	case DECLARED:
		if (w.equals)
			shell_take_assignment(s, &w);
		break;
	case TEXT:
		shell_nested(s, w.text);
		st->next = ARGUMENT;
		break;
	case AFTER_C:
		if (w.text[0] == '-' && w.text[strlen(w.text) - 1] == 'c')
			st->next = TEXT;
		break;
	case SOURCED:
		vec_push(&s->sourced.list, w.text);
		st->next = ARGUMENT;
		break;
	case LOOP_VARIABLE:
	case LOOP_IN:
	case LOOP_WORD:
		loop_word(s, st, &w);
		break;
	case CASE_WORD:
		st->next = CASE_IN;
		break;
	case CASE_IN:
		st->cases++;
		st->pattern = true;
		st->next = COMMAND;
		break;
	case FUNCTION:
		set_add(&s->functions, s->arena, w.text);
		is_function(s);
		st->next = COMMAND;
		break;
	case TEST:
		if (strcmp(w.text, "]]") == 0)
			st->next = ARGUMENT;
		break;
	}
}

/* Up to the ")" behind a case's pattern, or over the "esac" instead of one. */
static void pattern(struct shell *s, struct state *st)
{
	for (bool first = true; !shell_at_end(s);) {
		char c = *s->p;
		if (c == '#' && first) {
			shell_skip_line(s);
		} else if (c == ')') {
			s->p++;
			break;
		} else if (shell_is_meta(s, c)) {
			s->p++;
		} else if (strcmp(shell_word(s).text, "esac") == 0 && first) {
			end_case(s, st);
			break;
		} else {
			first = false;
		}
	}
	st->pattern = false;
	st->next = COMMAND;
}

static void separator(struct shell *s, struct state *st)
{
	char c = *s->p++;
	if (st->last && c == '\n') {
		s->p = s->stop;
		return;
	}
	if (c == '\n')
		shell_skip_heredocs(s);
	st->conditional =
		c == '|' || (c == '&' && shell_peek(s, 0) == '&') || (st->conditional && c == '&');
	st->last &= !st->conditional;
	if (c == ';' && (shell_peek(s, 0) == ';' || shell_peek(s, 0) == '&')) {
		while (shell_peek(s, 0) == ';' || shell_peek(s, 0) == '&')
			s->p++;
		st->pattern = st->cases > 0;
	}
	bool goes_on =
		st->next == TEST || st->next == CASE_IN || (c == '\n' && st->next == LOOP_IN);
	if (!goes_on)
		st->next = COMMAND;
}

static void open_parenthesis(struct shell *s, struct state *st)
{
	s->p++;
	if (st->next == TEST)
		return;
	if (shell_peek(s, 0) == '(') {
		s->p++;
		shell_skip_arithmetic(s);
		return;
	}
	shell_commands(s, ')');
}

void shell_commands(struct shell *s, char close)
{
	struct state st = { .next = COMMAND };
	if (++s->depth > NESTING_MAX)
		s->p = s->stop;
	while (!shell_at_end(s)) {
		char c = *s->p;
		if (c == ' ' || c == '\t' || (c == '\\' && shell_peek(s, 1) == '\n')) {
			s->p += c == '\\' ? 2 : 1;
		} else if (c == '#') {
			shell_skip_line(s);
		} else if (st.pattern) {
			pattern(s, &st);
		} else if (c == close && (c != '`' || s->backquotes)) {
			s->p++;
			break;
		} else if (c == '<' || c == '>') {
			shell_redirection(s);
		} else if (c == '&' && shell_peek(s, 1) == '>') {
			s->p++;
		} else if (c == '(') {
			open_parenthesis(s, &st);
		} else if (c && strchr("\n;&|)", c)) {
			separator(s, &st);
		} else {
			take_word(s, &st);
		}
	}
	s->depth--;
}

void shell_nested(struct shell *s, const char *text)
{
	const char *p = s->p, *stop = s->stop;
	unsigned backquotes = s->backquotes;
	s->p = text;
	s->stop = text + strlen(text);
	s->backquotes = 0;
	size_t heredocs = s->heredocs.n;
	if (s->depth < NESTING_MAX && arena_used(s->arena) < SHELL_MEMORY_MAX)
		shell_commands(s, '\0');
	s->heredocs.n = heredocs;
	s->backquotes = backquotes;
	s->p = p;
	s->stop = stop;
}
