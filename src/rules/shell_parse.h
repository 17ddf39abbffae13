/* The parts of shell.c: words as they are read, and what they may stand for. */
#ifndef RULES_SHELL_PARSE_H
#define RULES_SHELL_PARSE_H

#include "base/map.h"
#include "base/set.h"
#include "rules/shell.h"

/* How a word holds what is known at the end only: REF name (ALT word) END. An empty name is what
 * cannot be told. The script's own bytes of this kind are replaced before. */
enum { REF = 1, END = 2, ALT = 3 };

/* Bytes after which no more is found out: a script of 1 MiB may say 2^n things. */
enum { SHELL_MEMORY_MAX = 32 << 20 };

enum { NESTING_MAX = 60, VALUES_MAX = 24, CHOICES_MAX = 6 };

struct raw_words {
	VEC(const char *) list;
};

struct shell_var {
	const char *name;
	struct raw_words values; /* words as they were read */
	bool open; /* its values are being told: "x=$x$y" adds nothing */
	bool split; /* of a loop: each blank-separated word of a value is one */
	UT_hash_handle hh;
};

struct heredoc {
	const char *end; /* its last line */
	bool tabs; /* "<<-": tabs in front of it are cut */
};

struct shell {
	struct arena *arena;
	const char *p, *stop; /* what is being read */
	unsigned depth, backquotes, blocks; /* open: parentheses and quotes, ``, "if" to "fi" */
	VEC(struct heredoc) heredocs; /* begun on this line */
	struct shell_var *vars;
	struct set *functions;
	struct raw_words commands, sourced;
};

/* A word as it was read. */
struct word {
	const char *text;
	bool quoted; /* some of it: no reserved word, no assignment */
	size_t equals; /* "NAME=" or "NAME+=" is this long; 0: no assignment */
};

static inline bool shell_at_end(const struct shell *s)
{
	return s->p >= s->stop;
}

/* The byte that far ahead; NUL: there is none. */
static inline char shell_peek(const struct shell *s, size_t ahead)
{
	return (size_t)(s->stop - s->p) > ahead ? s->p[ahead] : '\0';
}

/* shell.c: programs that start the one named behind their options. */
extern const char shell_wrappers[];

/* shell.c: reads commands up to `close` (0: the end). */
void shell_commands(struct shell *s, char close);
/* The same for a text inside the text. */
void shell_nested(struct shell *s, const char *text);

/* shell_lines.c */
void shell_skip_line(struct shell *s);
void shell_skip_blanks(struct shell *s);
/* At the start of a line: the bodies of the documents that the line before began. */
void shell_skip_heredocs(struct shell *s);
/* "<file", ">>file", "<<END", "<(command)", "2>&1", from the "<" or ">" on. */
void shell_redirection(struct shell *s);
/* The word is one; "NAME=(x y)" is read to its end. */
void shell_take_assignment(struct shell *s, const struct word *w);

/* shell_word.c */
struct word shell_word(struct shell *s);
void shell_skip_arithmetic(struct shell *s); /* up to the "))" that ends it */
bool shell_is_meta(const struct shell *s, char c);

/* Names that no variable has: the script's path, and its folder. */
#define SHELL_SELF "0"
#define SHELL_HOME "0/"

/* shell_value.c */
struct shell_var *shell_assign(struct shell *s, struct str name, const char *raw);
/* What the raw word may be: a few texts, none if that cannot be told. */
void shell_values(struct shell *s, const char *raw, struct raw_words *out);

#endif
