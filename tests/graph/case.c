#include "case.h"

#include <string.h>

enum { WORDS_MAX = 4096 };

/* "\s" and "\n" are what they say. */
static const char *unescape(struct arena *a, const char *text)
{
	char *out = arena_dup(a, text), *to = out;
	for (const char *from = text; *from; from++) {
		if (*from == '\\' && (from[1] == 's' || from[1] == 'n'))
			*to++ = *++from == 's' ? ' ' : '\n';
		else
			*to++ = *from;
	}
	*to = '\0';
	return out;
}

static struct word make_word(struct arena *a, char *text)
{
	char *is = strchr(text, '=');
	if (is)
		*is = '\0';
	return (struct word){ text, is ? unescape(a, is + 1) : "" };
}

static bool add_node(struct graph *g, struct arena *a, char **words, size_t n)
{
	struct node node = { .path = unescape(a, words[0]) };
	if (n == 3 && (strcmp(words[1], "->") == 0 || strcmp(words[1], "==") == 0)) {
		node.kind = words[1][0] == '-' ? NODE_LINK : NODE_HARD;
		node.target = unescape(a, words[2]);
	} else if (n == 2 && strcmp(words[1], "dir") == 0) {
		node.kind = NODE_DIR;
	} else if (n == 2 && strcmp(words[1], "fifo") == 0) {
		node.kind = NODE_FIFO;
	} else if (n == 2 && strncmp(words[1], "loader", 6) == 0) {
		node.kind = NODE_LOADER;
		node.target = words[1][6] ? words[1] + 7 : NULL;
	} else if (n == 2 && strncmp(words[1], "text=", 5) == 0) {
		node.kind = NODE_TEXT;
		node.target = unescape(a, words[1] + 5);
	} else {
		struct word *made = arena_array(a, struct word, n);
		for (size_t i = 1; i < n; i++)
			made[node.n_words++] = make_word(a, words[i]);
		node.words = made;
	}
	vec_push(&g->nodes, node);
	return true;
}

static bool set_env(struct graph *g, struct arena *a, const char *text)
{
	const char *value = unescape(a, strchr(text, '=') ? strchr(text, '=') + 1 : "");
	if (strncmp(text, "LD_LIBRARY_PATH=", 16) == 0)
		g->library_path = value;
	else if (strncmp(text, "LD_PRELOAD=", 11) == 0)
		g->preload = value;
	else
		return false;
	return true;
}

/* A line that says something of the whole case. */
static bool set_option(struct graph *g, struct arena *a, char **words, size_t n, const char *rest)
{
	const char *key = words[0];
	if (strcmp(key, "ldconfig") == 0) {
		g->wants_cache = true;
		for (size_t i = 1; i < n; i++)
			vec_push(&g->ldconfig, words[i]);
		return true;
	}
	if (strcmp(key, "noloader") == 0)
		return g->no_loader = true;
	if (n < 2)
		return false;
	if (strcmp(key, "env") == 0)
		return set_env(g, a, words[1]);
	if (strcmp(key, "cwd") == 0)
		g->cwd = words[1];
	else if (strcmp(key, "run") == 0)
		g->run = words[1];
	else if (strcmp(key, "libc") == 0)
		g->libc = words[1];
	else if (strcmp(key, "differs") == 0)
		g->differs = rest;
	else
		return false;
	return true;
}

static size_t split_words(char *line, char **words)
{
	size_t n = 0;
	char *save = NULL;
	for (char *w = strtok_r(line, " \t", &save); w && n < WORDS_MAX;
		w = strtok_r(NULL, " \t", &save))
		words[n++] = w;
	return n;
}

static bool parse_line(graphs *out, struct arena *a, const char *file, size_t number, char *line)
{
	line += strspn(line, " \t");
	if (*line == '\0' || *line == '#')
		return true;
	if (strncmp(line, "case ", 5) == 0) {
		struct graph g = { .name = arena_dup(a, line + 5), .file = file, .line = number };
		g.cwd = "/";
		g.run = "/prog";
		g.libc = "glibc";
		vec_push(out, g);
		return true;
	}
	if (out->n == 0)
		return false;
	struct graph *g = &out->at[out->n - 1];
	const char *whole = arena_dup(a, line);
	char **words = arena_array(a, char *, strlen(line) / 2 + 2);
	size_t n = split_words(arena_dup(a, line), words);
	if (words[0][0] == '/')
		return add_node(g, a, words, n);
	const char *rest = whole + strlen(words[0]);
	return set_option(g, a, words, n, rest + strspn(rest, " \t"));
}

bool graphs_parse(
	graphs *out, struct arena *a, const char *file, char *text, const char **why, size_t *line)
{
	size_t number = 0;
	for (char *next = text; next && *next;) {
		char *end = strchr(next, '\n');
		if (end)
			*end = '\0';
		number++;
		if (!parse_line(out, a, file, number, next)) {
			*why = "cannot be understood";
			*line = number;
			return false;
		}
		next = end ? end + 1 : NULL;
	}
	return true;
}

void graphs_free(graphs *g)
{
	for (size_t i = 0; i < g->n; i++) {
		vec_free(&g->at[i].nodes);
		vec_free(&g->at[i].ldconfig);
	}
	vec_free(g);
}
