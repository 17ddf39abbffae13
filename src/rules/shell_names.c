/* From the words in command position to names of programs. */
#include "rules/shell_parse.h"

#include "rules/rule.h"

#include <ctype.h>
#include <string.h>

enum { PATHS_MAX = 200 };

/* Builtins of dash, bash and ksh (their manual pages), "[" among them. */
static const char builtins[] =
	". : [ alias autoload bg bind break builtin caller cd command compgen complete compopt "
	"continue declare dirs disown echo enable eval exec exit export false fc fg float "
	"functions "
	"getopts hash help history integer jobs kill let local logout mapfile nameref popd print "
	"printf "
	"pushd pwd read readarray readonly return set setopt shift shopt source suspend test times "
	"trap "
	"true type typeset ulimit umask unalias unset wait whence zmodload emulate unsetopt";

/* Could it be the name of a program, or its path? */
static bool is_name(const char *text, size_t n)
{
	bool letter = false;
	for (size_t i = 0; i < n; i++) {
		letter |= isalpha((unsigned char)text[i]) != 0;
		if (!isalnum((unsigned char)text[i]) && !strchr("_.+@/:%-,", text[i]))
			return false;
	}
	return letter && n < 256 && *text != '-';
}

/* The first word of a value that names a program: "env LANG=C grep -E" is grep, and env. */
static void add_values(struct shell *s, const char *raw, struct set **seen, struct raw_words *out)
{
	struct raw_words values = { 0 };
	shell_values(s, raw, &values);
	/* "for editor in emacs vim ...": what the user's machine has is his choice. */
	if (values.list.n > CHOICES_MAX)
		values.list.n = 0;
	for (size_t i = 0; i < values.list.n; i++) {
		struct str rest = str_from(values.list.at[i]), word;
		const char *blanks = strchr(raw, REF) ? " \t\n" : "";
		while (str_split(&rest, blanks, &word)) {
			const char *name = arena_dup_str(s->arena, word);
			if (word.n == 0 || *name == '-' || strchr(name, '='))
				continue;
			if (is_name(name, word.n) && !words_match(builtins, name) &&
				set_add(seen, s->arena, name))
				vec_push(&out->list, name);
			if (!words_match(shell_wrappers, base_name(name)))
				break;
		}
	}
	vec_free(&values.list);
}

/* The script's bytes without those that mark what is known later. */
static const char *cleaned(struct arena *a, struct str text)
{
	char *copy = arena_dup_str(a, text);
	for (size_t i = 0; i < text.n; i++)
		if (copy[i] >= 0 && copy[i] <= ALT)
			copy[i] = ' ';
	return copy;
}

/* Absolute paths among the values of variables. */
static void add_paths(struct shell *s, struct set **seen, struct raw_words *out)
{
	for (struct shell_var *v = s->vars; v; v = v->hh.next) {
		struct raw_words values = { 0 };
		for (size_t i = 0; i < v->values.list.n && *v->name != '0'; i++)
			shell_values(s, v->values.list.at[i], &values);
		for (size_t i = 0; i < values.list.n && out->list.n < PATHS_MAX; i++) {
			struct str rest = str_from(values.list.at[i]), word;
			while (str_split(&rest, " \t\n:", &word)) {
				const char *path = arena_dup_str(s->arena, word);
				if (*path == '/' && is_name(path, word.n) &&
					set_add(seen, s->arena, path))
					vec_push(&out->list, path);
			}
		}
		vec_free(&values.list);
	}
}

static void add_self(struct shell *s, const char *const *self)
{
	for (; self && *self; self++) {
		shell_assign(s, STR(SHELL_SELF), *self);
		shell_assign(s, STR(SHELL_HOME), arena_dup_str(s->arena, str_dir(str_from(*self))));
	}
}

static void let_go(struct shell *s)
{
	for (struct shell_var *v = s->vars; v; v = v->hh.next)
		vec_free(&v->values.list);
	HASH_CLEAR(hh, s->vars);
	set_clear(&s->functions);
	vec_free(&s->commands.list);
	vec_free(&s->sourced.list);
	vec_free(&s->heredocs);
	arena_free(s->arena);
}

void shell_names(struct arena *a, struct str text, const char *const *self, struct shell_names *out)
{
	struct shell s = { .arena = arena_new() };
	struct raw_words commands = { 0 }, sourced = { 0 }, paths = { 0 };
	struct set *seen = NULL, *read = NULL, *held = NULL;
	s.p = cleaned(s.arena, text);
	s.stop = s.p + text.n;
	add_self(&s, self);
	shell_commands(&s, '\0');
	/* Functions are no programs, wherever in the script they are made. */
	for (struct set *f = s.functions; f; f = f->hh.next)
		set_add(&seen, s.arena, f->text);
	for (size_t i = 0; i < s.commands.list.n; i++)
		add_values(&s, s.commands.list.at[i], &seen, &commands);
	for (size_t i = 0; i < s.sourced.list.n; i++)
		add_values(&s, s.sourced.list.at[i], &read, &sourced);
	add_paths(&s, &held, &paths);
	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < commands.list.n; i++)
		vec_push(&out->commands, arena_dup(a, commands.list.at[i]));
	for (size_t i = 0; i < sourced.list.n; i++)
		vec_push(&out->sourced, arena_dup(a, sourced.list.at[i]));
	for (size_t i = 0; i < paths.list.n; i++)
		vec_push(&out->paths, arena_dup(a, paths.list.at[i]));
	vec_free(&commands.list);
	vec_free(&sourced.list);
	vec_free(&paths.list);
	set_clear(&seen);
	set_clear(&read);
	set_clear(&held);
	let_go(&s);
}

void shell_names_free(struct shell_names *names)
{
	vec_free(&names->commands);
	vec_free(&names->sourced);
	vec_free(&names->paths);
}
