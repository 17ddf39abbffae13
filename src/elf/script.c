#include "elf/script.h"

#include "base/str.h"

#include <string.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* load_script() works on 256 bytes, filled up with NULs, whose last one it overwrites: these two
 * find what they look for up to and with `last`. */
static const char *next_non_blank(const char *p, const char *last)
{
	for (; p <= last; p++)
		if (!is_blank(*p))
			return p;
	return NULL;
}

static const char *next_terminator(const char *p, const char *last)
{
	for (; p <= last; p++)
		if (is_blank(*p) || !*p)
			return p;
	return NULL;
}

/* The line's end: what stands there is no part of it. NULL: the kernel refuses the line. */
static const char *end_of_line(const char *buf)
{
	const char *last = buf + SCRIPT_LINE_MAX - 1;
	const char *end = memchr(buf, '\n', strnlen(buf, SCRIPT_LINE_MAX));
	if (!end) {
		const char *name = next_non_blank(buf + 2, last);
		/* A path without an end was cut off: it is another file's. */
		if (!name || !next_terminator(name, last))
			return NULL;
		end = last;
	}
	while (is_blank(end[-1]))
		end--;
	return end;
}

bool script_parse(struct script *s, struct arena *a, const char *head, size_t n)
{
	char buf[SCRIPT_LINE_MAX + 1] = { 0 };
	*s = (struct script){ 0 };
	memcpy(buf, head, n < SCRIPT_LINE_MAX ? n : SCRIPT_LINE_MAX);
	if (buf[0] != '#' || buf[1] != '!')
		return false;
	const char *end = end_of_line(buf);
	const char *name = end ? next_non_blank(buf + 2, end) : NULL;
	if (!name || name == end || !*name)
		return false;
	const char *stop = next_terminator(name, end), *argument = NULL;
	if (stop && *stop)
		argument = next_non_blank(stop, end);
	buf[end - buf] = '\0';
	s->interp = arena_dup_str(a, (struct str){ name, (size_t)((stop ? stop : end) - name) });
	if (argument && argument < end && *argument) {
		s->argument = arena_dup(a, argument);
		if (strcmp(base_name(s->interp), "env") == 0)
			s->command = env_command(a, s->argument);
	}
	return true;
}
