#include "cli/opt.h"

#include <mkroot/error.h>

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct parser {
	const struct opt *const *tables;
	void *args;
	struct mkr_error *err;
};

static void *grow(void *at, size_t bytes)
{
	void *p = realloc(at, bytes);
	if (!p)
		abort();
	return p;
}

static void *field(const struct parser *p, const struct opt *o)
{
	return (char *)p->args + o->offset;
}

static const struct opt *find_long(const struct parser *p, const char *name, size_t n)
{
	for (const struct opt *const *t = p->tables; *t; t++)
		for (const struct opt *o = *t; o->name; o++)
			if (strlen(o->name) == n && memcmp(o->name, name, n) == 0)
				return o;
	return NULL;
}

/* A later table loses: a verb's own letter (ldd -v, run -v) hides a common one. */
static const struct opt *find_letter(const struct parser *p, char letter)
{
	for (const struct opt *const *t = p->tables; *t; t++)
		for (const struct opt *o = *t; o->name; o++)
			if (o->letter == letter)
				return o;
	return NULL;
}

static int store(const struct parser *p, const struct opt *o, const char *value)
{
	char *end;
	long number;
	switch (o->kind) {
	case OPT_FLAG:
		*(bool *)field(p, o) = true;
		return 0;
	case OPT_STRING:
	case OPT_MAYBE:
		*(const char **)field(p, o) = value;
		return 0;
	case OPT_LIST: {
		struct opt_list *list = field(p, o);
		list->at = grow(list->at, (list->n + 2) * sizeof(*list->at));
		list->at[list->n++] = value;
		list->at[list->n] = NULL;
		return 0;
	}
	case OPT_INT:
		errno = 0;
		number = strtol(value, &end, 10);
		if (errno || end == value || *end || number < 0 || number > INT_MAX)
			return mkr_failx(p->err, -EINVAL,
				"option '--%s' takes a whole number, not '%s'", o->name, value);
		*(int *)field(p, o) = (int)number;
		return 0;
	case OPT_IGNORED:
		return 0;
	case OPT_REFUSED:
		mkr_failx(p->err, -EINVAL, "option '--%s' is not for mkroot", o->name);
		mkr_detail(p->err, "hint", "%s", o->help);
		return -EINVAL;
	}
	return -EINVAL;
}

static int unknown_long(const struct parser *p, const char *name, size_t n)
{
	const char *names[128];
	size_t count = 0;
	for (const struct opt *const *t = p->tables; *t; t++)
		for (const struct opt *o = *t; o->name && count < 127; o++)
			names[count++] = o->name;
	names[count] = NULL;
	char typed[64];
	snprintf(typed, sizeof(typed), "%.*s", (int)n, name);
	mkr_failx(p->err, -EINVAL, "unknown option '--%.*s'", (int)n, name);
	const char *near = nearest_name(typed, names);
	if (near)
		mkr_detail(p->err, "hint", "an option with a similar name exists: --%s", near);
	return -EINVAL;
}

/* --name, --name=VALUE, --name VALUE; *used: how many arguments it took. */
static int parse_long(const struct parser *p, const char *const *at, int left, int *used)
{
	const char *name = at[0] + 2;
	const char *equals = strchr(name, '=');
	size_t n = equals ? (size_t)(equals - name) : strlen(name);
	const struct opt *o = find_long(p, name, n);
	*used = 1;
	if (!o)
		return unknown_long(p, name, n);
	if (!o->arg) {
		if (equals)
			return mkr_failx(
				p->err, -EINVAL, "option '--%s' takes no argument", o->name);
		return store(p, o, "");
	}
	if (equals)
		return store(p, o, equals + 1);
	if (o->kind == OPT_MAYBE)
		return store(p, o, "");
	if (left < 2)
		return mkr_failx(
			p->err, -EINVAL, "option '--%s' needs an argument: %s", o->name, o->arg);
	*used = 2;
	return store(p, o, at[1]);
}

/* -x, -xVALUE, -x VALUE, -xyz */
static int parse_letters(const struct parser *p, const char *const *at, int left, int *used)
{
	*used = 1;
	for (const char *c = at[0] + 1; *c; c++) {
		const struct opt *o = find_letter(p, *c);
		if (!o)
			return mkr_failx(p->err, -EINVAL, "unknown option '-%c'", *c);
		if (!o->arg) {
			int r = store(p, o, "");
			if (r < 0)
				return r;
			continue;
		}
		if (c[1])
			return store(p, o, c + 1);
		if (left < 2)
			return mkr_failx(
				p->err, -EINVAL, "option '-%c' needs an argument: %s", *c, o->arg);
		*used = 2;
		return store(p, o, at[1]);
	}
	return 0;
}

int opt_parse(int argc, const char *const *argv, const struct opt *const *tables,
	enum opt_order order, void *args, struct opt_rest *rest, struct mkr_error *err)
{
	struct parser p = { .tables = tables, .args = args, .err = err };
	rest->operand = grow(NULL, ((size_t)argc + 1) * sizeof(*rest->operand));
	rest->n = 0;
	bool options = true, dashes = false;
	for (int i = 1, used; i < argc; i += used) {
		const char *arg = argv[i];
		int r = 0;
		used = 1;
		if (options && strcmp(arg, "--") == 0) {
			options = false;
			dashes = true;
			rest->dashes = rest->n;
		} else if (options && strncmp(arg, "--", 2) == 0) {
			r = parse_long(&p, argv + i, argc - i, &used);
		} else if (options && arg[0] == '-' && arg[1]) {
			r = parse_letters(&p, argv + i, argc - i, &used);
		} else {
			rest->operand[rest->n++] = arg;
			if (order == OPT_STOP_AT_OPERAND)
				options = false;
		}
		if (r < 0) {
			opt_rest_free(rest);
			return r;
		}
	}
	if (!dashes)
		rest->dashes = rest->n;
	rest->operand[rest->n] = NULL;
	return 0;
}

void opt_rest_free(struct opt_rest *rest)
{
	free(rest->operand);
	*rest = (struct opt_rest){ 0 };
}

void opt_list_free(struct opt_list *list)
{
	free(list->at);
	*list = (struct opt_list){ 0 };
}

static bool has_letter(const struct opt *table, char letter)
{
	for (; table && table->name; table++)
		if (table->letter == letter)
			return true;
	return false;
}

void opt_print_help(FILE *out, const struct opt *table, const struct opt *over)
{
	for (const struct opt *o = table; o->name; o++) {
		if (!o->help || o->kind == OPT_REFUSED)
			continue;
		char left[64];
		char letter[5] = "    ";
		if (o->letter && !has_letter(over, o->letter))
			snprintf(letter, sizeof(letter), "-%c, ", o->letter);
		bool maybe = o->kind == OPT_MAYBE;
		snprintf(left, sizeof(left), "%s--%s%s%s%s", letter, o->name,
			!o->arg         ? ""
				: maybe ? "[="
					: " ",
			o->arg ? o->arg : "", maybe ? "]" : "");
		if (strlen(left) > 26)
			fprintf(out, "  %s\n  %-26s  %s\n", left, "", o->help);
		else
			fprintf(out, "  %-26s  %s\n", left, o->help);
	}
}

/* Damerau-Levenshtein distance of two short words; SIZE_MAX for long ones. */
static size_t distance(const char *a, const char *b)
{
	enum { MAX = 32 };
	size_t n = strlen(a), m = strlen(b);
	if (n >= MAX || m >= MAX)
		return SIZE_MAX;
	size_t d[MAX + 1][MAX + 1];
	for (size_t i = 0; i <= n; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= m; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		for (size_t j = 1; j <= m; j++) {
			size_t best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
			if (d[i - 1][j] + 1 < best)
				best = d[i - 1][j] + 1;
			if (d[i][j - 1] + 1 < best)
				best = d[i][j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
				d[i - 2][j - 2] + 1 < best)
				best = d[i - 2][j - 2] + 1;
			d[i][j] = best;
		}
	}
	return d[n][m];
}

const char *nearest_name(const char *word, const char *const *names)
{
	const char *found = NULL;
	size_t limit = strlen(word) / 3 + 1, best = limit < 3 ? limit + 1 : 4;
	for (const char *const *name = names; *name; name++) {
		size_t d = distance(word, *name);
		if (d < best) {
			best = d;
			found = *name;
		}
	}
	return found;
}
