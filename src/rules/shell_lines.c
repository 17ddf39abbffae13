/* What of a script is neither command nor argument: documents, redirections, assignments. */
#include "rules/shell_parse.h"

#include <string.h>

void shell_skip_line(struct shell *s)
{
	const char *end = memchr(s->p, '\n', (size_t)(s->stop - s->p));
	s->p = end ? end : s->stop;
}

/* At the start of a line: the bodies of the documents that the line before began. */
void shell_skip_heredocs(struct shell *s)
{
	for (size_t i = 0; i < s->heredocs.n; i++) {
		const struct heredoc *h = &s->heredocs.at[i];
		for (bool found = false; !shell_at_end(s) && !found;) {
			while (h->tabs && shell_peek(s, 0) == '\t')
				s->p++;
			const char *line = s->p;
			shell_skip_line(s);
			found = str_eq(
				(struct str){ line, (size_t)(s->p - line) }, str_from(h->end));
			s->p += !shell_at_end(s);
		}
	}
	s->heredocs.n = 0;
}

void shell_skip_blanks(struct shell *s)
{
	while (shell_peek(s, 0) == ' ' || shell_peek(s, 0) == '\t')
		s->p++;
}

/* "<file", ">>file", "<<END", "<(command)", "2>&1". */
void shell_redirection(struct shell *s)
{
	char first = *s->p++;
	if (shell_peek(s, 0) == '(') {
		s->p++;
		shell_commands(s, ')');
		return;
	}
	bool here = first == '<' && shell_peek(s, 0) == '<';
	s->p += here;
	if (here && shell_peek(s, 0) == '<') { /* "<<<word" of bash */
		here = false;
		s->p++;
	}
	bool tabs = here && shell_peek(s, 0) == '-';
	s->p += tabs;
	while (!here && shell_peek(s, 0) && strchr("<>&|", shell_peek(s, 0)))
		s->p++;
	shell_skip_blanks(s);
	const char *word = shell_word(s).text;
	if (here && !strchr(word, REF))
		vec_push(&s->heredocs, ((struct heredoc){ word, tabs }));
}

/* "a=(x y)": each may be what a variable stands for. */
static void array(struct shell *s, struct str name)
{
	s->p++;
	while (!shell_at_end(s) && *s->p != ')') {
		if (*s->p == '#')
			shell_skip_line(s);
		else if (shell_is_meta(s, *s->p))
			s->p++;
		else
			shell_assign(s, name, shell_word(s).text);
	}
	s->p += !shell_at_end(s);
}

void shell_take_assignment(struct shell *s, const struct word *w)
{
	size_t n = w->equals - 1;
	struct str name = { w->text, n - (w->text[n - 1] == '+') };
	if (shell_peek(s, 0) == '(' && !w->text[w->equals])
		array(s, name);
	else
		shell_assign(s, name, w->text + w->equals);
}
