/* A list of used paths, in memory and as a text file. */
#include <mkroot/trace.h>

#include "base/escape.h"
#include "base/map.h"
#include "base/str.h"
#include "base/vec.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>

static const char head[] = "mkroot trace 1";

/* The words of the file, by enum mkr_use. */
static const char *const words[] = { "link", "looked", "opened", "executed" };
enum { N_WORDS = sizeof(words) / sizeof(*words) };

struct use {
	struct mkr_used used;
	UT_hash_handle hh;
};

struct mkr_uses {
	struct arena *arena;
	struct use *all;
	struct mkr_used *sorted;
};

struct mkr_uses *mkr_uses_new(void)
{
	struct mkr_uses *u = calloc(1, sizeof(*u));
	if (!u)
		out_of_memory();
	u->arena = arena_new();
	return u;
}

void mkr_uses_free(struct mkr_uses *u)
{
	if (!u)
		return;
	HASH_CLEAR(hh, u->all);
	free(u->sorted);
	arena_free(u->arena);
	free(u);
}

void mkr_uses_add(struct mkr_uses *u, const char *path, enum mkr_use use)
{
	struct use *e;
	size_t n = strlen(path);
	HASH_FIND(hh, u->all, path, n, e);
	if (!e) {
		e = arena_new_of(u->arena, struct use);
		e->used = (struct mkr_used){ .path = arena_dup(u->arena, path), .use = use };
		HASH_ADD_KEYPTR(hh, u->all, e->used.path, n, e);
	}
	if (use > e->used.use)
		e->used.use = use;
}

static int by_path(const void *a, const void *b)
{
	const struct mkr_used *x = a, *y = b;
	return strcmp(x->path, y->path);
}

const struct mkr_used *mkr_uses_list(const struct mkr_uses *u, size_t *n)
{
	struct mkr_uses *own = (struct mkr_uses *)(uintptr_t)u;
	*n = HASH_COUNT(u->all);
	free(own->sorted);
	own->sorted = calloc(*n + 1, sizeof(*own->sorted));
	if (!own->sorted)
		out_of_memory();
	size_t i = 0;
	for (const struct use *e = u->all; e; e = e->hh.next)
		own->sorted[i++] = e->used;
	qsort(own->sorted, *n, sizeof(*own->sorted), by_path);
	return own->sorted;
}

static int hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One byte of an escaped path. -1: that is no escape; -2: such a byte has to be escaped. */
static int unescape(struct str *rest)
{
	unsigned char c = (unsigned char)rest->p[0];
	if (c != '\\') {
		*rest = str_skip(*rest, 1);
		return c < 0x20 || c == 0x7f ? -2 : c;
	}
	char kind = rest->n > 1 ? rest->p[1] : '\0';
	int high = rest->n > 3 ? hex(rest->p[2]) : -1, low = rest->n > 3 ? hex(rest->p[3]) : -1;
	bool is_hex = kind == 'x' && high >= 0 && low >= 0 && high + low > 0;
	if (!is_hex && kind != '\\' && kind != 'n' && kind != 't')
		return -1;
	*rest = str_skip(*rest, is_hex ? 4 : 2);
	return is_hex ? high * 16 + low : kind == 'n' ? '\n' : kind == 't' ? '\t' : '\\';
}

/* NULL, or what is wrong with the line. */
static const char *parse_line(struct str line, char path[static PATH_MAX], enum mkr_use *use)
{
	struct str word, rest = line;
	size_t i = 0, n = 0;
	str_split(&rest, " ", &word);
	while (i < N_WORDS && !str_eq(word, str_from(words[i])))
		i++;
	if (i == N_WORDS)
		return "does not begin with link, looked, opened or executed";
	if (!rest.p || rest.n == 0 || rest.p[0] != '/')
		return "has no absolute path";
	while (rest.n) {
		int c = unescape(&rest);
		if (c == -1)
			return "has a backslash that is not one of \\\\, \\n, \\t and \\xNN";
		if (c < 0)
			return "has a control character";
		if (n + 1 >= PATH_MAX)
			return "is too long";
		path[n++] = (char)c;
	}
	path[n] = '\0';
	*use = (enum mkr_use)i;
	return NULL;
}

/* All lines, into the list or, with NULL, just to see whether they are good. */
static int parse_lines(struct mkr_uses *u, struct str rest, struct mkr_error *err)
{
	char path[PATH_MAX];
	enum mkr_use use;
	struct str line;
	for (size_t number = 2; str_split(&rest, "\n", &line); number++) {
		if (line.n == 0 && !rest.p)
			break; /* behind the last newline */
		const char *wrong = parse_line(line, path, &use);
		if (wrong)
			return mkr_failx(err, -EINVAL, "line %zu %s", number, wrong);
		if (u)
			mkr_uses_add(u, path, use);
	}
	return 0;
}

int mkr_uses_parse(struct mkr_uses *u, const char *text, size_t size, struct mkr_error *err)
{
	struct str rest = { text, size }, line = { NULL, 0 };
	if (size == 0 || !str_split(&rest, "\n", &line) || !str_eq(line, str_from(head)))
		return mkr_failx(err, -EINVAL, "line 1 is not '%s'", head);
	if (!rest.p || rest.n == 0)
		return 0;
	int r = parse_lines(NULL, rest, err);
	return r < 0 ? r : parse_lines(u, rest, err);
}

/* Written so that the parser gives back the same bytes. */
static void print_path(FILE *f, const char *path)
{
	const unsigned char *p = (const unsigned char *)path;
	while (*p) {
		size_t n = utf8_length(p);
		bool c1 = n == 2 && p[0] == 0xc2 && p[1] < 0xa0; /* obeyed by terminals */
		if (*p == '\\')
			fputs("\\\\", f);
		else if (*p == '\n')
			fputs("\\n", f);
		else if (*p == '\t')
			fputs("\\t", f);
		else if (*p < 0x20 || *p == 0x7f || n == 0 || c1)
			fprintf(f, "\\x%02x", *p);
		else
			fwrite(p, 1, n, f);
		p += *p < 0x80 || n == 0 || c1 ? 1 : n;
	}
}

char *mkr_uses_print(const struct mkr_uses *u, size_t *size)
{
	char *text = NULL;
	size_t n;
	const struct mkr_used *used = mkr_uses_list(u, &n);
	FILE *f = open_memstream(&text, size);
	if (!f)
		out_of_memory();
	fprintf(f, "%s\n", head);
	for (size_t i = 0; i < n; i++) {
		fprintf(f, "%s ", words[used[i].use]);
		print_path(f, used[i].path);
		fputc('\n', f);
	}
	if (fclose(f) != 0)
		out_of_memory();
	return text;
}
