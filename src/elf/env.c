/* env(1) as the interpreter of a script (coreutils src/env.c): options, K=V, then the command.
 *
 * The kernel hands over one argument, which only -S splits; without it a second word is a mistake
 * that env would not forgive. The command is taken from there all the same: it is what was meant.
 */
#include "elf/script.h"

#include "base/str.h"

#include <string.h>

struct words {
	struct str rest;
	bool split; /* behind -S: quotes, escapes and comments count */
	char *word; /* room for the longest */
};

/* What "\x" stands for; '\0': the end of all words. */
static char escaped(char c)
{
	static const char from[] = "fnrtv", to[] = "\f\n\r\t\v";
	const char *p = memchr(from, c, sizeof(from) - 1);
	return c == 'c' ? '\0' : p ? to[p - from] : c;
}

/* One character of a word that -S splits, taken off the rest. False: the word ends. */
static bool take(struct words *w, char *quote, char **out)
{
	char c = w->rest.p[0];
	size_t used = 1;
	if (!*quote && strchr(" \t\n\v\f\r", c))
		return false;
	if (c == *quote && c) {
		*quote = '\0';
	} else if (!*quote && (c == '"' || c == '\'')) {
		*quote = c;
	} else if (c == '\\' && w->rest.n > 1 && (*quote != '\'' || strchr("'\\", w->rest.p[1]))) {
		char meant = escaped(w->rest.p[1]);
		used = 2;
		if (w->rest.p[1] == '_' && !*quote)
			return false;
		if (!meant)
			used = w->rest.n;
		else
			*(*out)++ = w->rest.p[1] == '_' ? ' ' : meant;
	} else {
		*(*out)++ = c;
	}
	w->rest = str_skip(w->rest, used);
	return true;
}

/* The next word in w->word, *at where it begins. False: there is none. */
static bool next(struct words *w, const char **at)
{
	char *out = w->word, quote = '\0';
	while (w->rest.n && strchr(" \t\n\v\f\r", w->rest.p[0]))
		w->rest = str_skip(w->rest, 1);
	while (w->split && str_starts(w->rest, STR("\\_")))
		w->rest = str_skip(w->rest, 2);
	if (w->rest.n == 0 || (w->split && w->rest.p[0] == '#'))
		return false;
	*at = w->rest.p;
	if (w->split) {
		while (w->rest.n && take(w, &quote, &out))
			;
	} else {
		while (w->rest.n && !strchr(" \t", w->rest.p[0])) {
			*out++ = w->rest.p[0];
			w->rest = str_skip(w->rest, 1);
		}
	}
	*out = '\0';
	return true;
}

/* The rest of all is what an -S that ends before `from` splits. */
static void split_from(struct words *w, const char *from)
{
	w->rest = (struct str){ from, (size_t)(w->rest.p + w->rest.n - from) };
	w->split = true;
}

/* Letters of one word: "-i", "-iS", "-uNAME", "-u". */
static void skip_letters(struct words *w, const char *at)
{
	const char *value;
	for (size_t i = 1; w->word[i]; i++) {
		if (w->word[i] == 'S') {
			split_from(w, at + i + 1);
			return;
		}
		if (strchr("uCP", w->word[i])) {
			if (!w->word[i + 1])
				next(w, &value);
			return;
		}
	}
}

static void skip_option(struct words *w, const char *at)
{
	static const char split[] = "--split-string";
	const char *value;
	if (w->word[1] != '-')
		skip_letters(w, at);
	else if (strncmp(w->word, split, sizeof(split) - 1) == 0)
		split_from(w, at + sizeof(split) - 1 + (w->word[sizeof(split) - 1] == '='));
	else if (strcmp(w->word, "--unset") == 0 || strcmp(w->word, "--chdir") == 0)
		next(w, &value);
}

const char *env_command(struct arena *a, const char *argument)
{
	struct words w = { .rest = str_from(argument) };
	w.word = arena_alloc(a, w.rest.n + 1);
	const char *at;
	bool options = true;
	while (next(&w, &at)) {
		if (options && strcmp(w.word, "--") == 0)
			options = false;
		else if (options && w.word[0] == '-')
			skip_option(&w, at);
		else if (strchr(w.word, '='))
			options = false;
		else
			/* A variable of the day it is run on: nobody knows now. */
			return *w.word && !strstr(w.word, "${") ? arena_dup(a, w.word) : NULL;
	}
	return NULL;
}
