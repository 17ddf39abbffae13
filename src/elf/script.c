#include "elf/script.h"

#include "base/str.h"

#include <string.h>

/* env's own words in front of the command's name: -S and friends, K=V. */
static const char *env_command(struct arena *a, const char *argument)
{
	struct str rest = str_from(argument), word;
	while (str_split(&rest, " \t", &word)) {
		if (word.n == 0 || word.p[0] == '-' || memchr(word.p, '=', word.n)) {
			/* -Sname, --split-string=name: the name hangs on the option */
			struct str glued = { 0 };
			if (str_starts(word, STR("-S")))
				glued = str_skip(word, 2);
			else if (str_starts(word, STR("--split-string=")))
				glued = str_skip(word, 15);
			if (glued.n == 0 || memchr(glued.p, '=', glued.n))
				continue;
			word = glued;
		}
		return arena_dup_str(a, word);
	}
	return NULL;
}

bool script_parse(struct script *s, struct arena *a, const char *head, size_t n)
{
	*s = (struct script){ 0 };
	if (n < 2 || head[0] != '#' || head[1] != '!')
		return false;
	struct str line = { head + 2, (n < SCRIPT_LINE_MAX ? n : SCRIPT_LINE_MAX) - 2 };
	const char *end = memchr(line.p, '\n', line.n);
	bool cut = !end && n >= SCRIPT_LINE_MAX;
	if (end)
		line.n = (size_t)(end - line.p);
	line = str_trim(line);
	size_t path = 0;
	while (path < line.n && line.p[path] != ' ' && line.p[path] != '\t' && line.p[path])
		path++;
	if (path == 0 || (cut && path == line.n))
		return false;
	s->interp = arena_dup_str(a, (struct str){ line.p, path });
	struct str argument = str_trim(str_skip(line, path));
	if (argument.n && argument.p[0]) {
		s->argument = arena_dup_str(a, argument);
		if (strcmp(base_name(s->interp), "env") == 0)
			s->command = env_command(a, s->argument);
	}
	return true;
}
