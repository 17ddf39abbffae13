/* Variables of a script, and the texts a word may come to. */
#include "rules/shell_parse.h"

#include <string.h>

enum { VALUE_MAX = 4096, LOOKUPS_MAX = 400, RECURSION_MAX = 5 };

struct shell_var *shell_assign(struct shell *s, struct str name, const char *raw)
{
	struct shell_var *v;
	HASH_FIND(hh, s->vars, name.p, name.n, v);
	if (!v) {
		v = arena_new_of(s->arena, struct shell_var);
		v->name = arena_dup_str(s->arena, name);
		HASH_ADD_KEYPTR(hh, s->vars, v->name, name.n, v);
	}
	for (size_t i = 0; i < v->values.list.n; i++)
		if (strcmp(v->values.list.at[i], raw) == 0)
			return v;
	if (v->values.list.n < VALUES_MAX)
		vec_push(&v->values.list, raw);
	return v;
}

struct expansion {
	struct shell *s;
	unsigned lookups;
};

static void values_of(struct expansion *e, struct str raw, unsigned depth, struct raw_words *out);

/* The END that belongs to the REF before p. */
static const char *end_of_ref(const char *p, const char *stop)
{
	unsigned open = 1;
	for (; p < stop; p++) {
		open += *p == REF;
		open -= *p == END;
		if (open == 0)
			return p;
	}
	return stop;
}

static void add_each(struct shell *s, const char *words, struct raw_words *out)
{
	struct str rest = str_from(words), word;
	while (str_split(&rest, " \t\n", &word))
		if (word.n && out->list.n < VALUES_MAX)
			vec_push(&out->list, arena_dup_str(s->arena, word));
}

/* What stands between REF and END. */
static void ref_values(struct expansion *e, struct str ref, unsigned depth, struct raw_words *out)
{
	const char *alt = memchr(ref.p, ALT, ref.n);
	struct str name = { ref.p, alt ? (size_t)(alt - ref.p) : ref.n };
	struct shell_var *v = NULL;
	if (name.n && ++e->lookups < LOOKUPS_MAX && depth < RECURSION_MAX)
		HASH_FIND(hh, e->s->vars, name.p, name.n, v);
	struct raw_words values = { 0 };
	if (v && v->open)
		v = NULL;
	if (v)
		v->open = true;
	for (size_t i = 0; v && i < v->values.list.n; i++)
		values_of(e, str_from(v->values.list.at[i]), depth + 1, v->split ? &values : out);
	if (v)
		v->open = false;
	for (size_t i = 0; i < values.list.n; i++)
		add_each(e->s, values.list.at[i], out);
	vec_free(&values.list);
	if (alt)
		values_of(e, str_skip(ref, name.n + 1), depth + 1, out);
}

/* Each of `heads` with each of `tails` behind it. */
static void combine(struct shell *s, struct raw_words *heads, const struct raw_words *tails)
{
	struct raw_words both = { 0 };
	for (size_t i = 0; i < heads->list.n; i++)
		for (size_t k = 0; k < tails->list.n && both.list.n < VALUES_MAX; k++) {
			const char *head = heads->list.at[i], *tail = tails->list.at[k];
			if (strlen(head) + strlen(tail) < VALUE_MAX)
				vec_push(&both.list, arena_printf(s->arena, "%s%s", head, tail));
		}
	vec_free(&heads->list);
	*heads = both;
}

static void values_of(struct expansion *e, struct str raw, unsigned depth, struct raw_words *out)
{
	struct arena *a = e->s->arena;
	struct raw_words so_far = { 0 };
	const char *stop = raw.p + raw.n;
	vec_push(&so_far.list, "");
	for (const char *p = raw.p; p < stop && so_far.list.n;) {
		struct raw_words next = { 0 };
		if (*p == REF) {
			const char *end = end_of_ref(p + 1, stop);
			ref_values(e, (struct str){ p + 1, (size_t)(end - p - 1) }, depth, &next);
			p = end < stop ? end + 1 : stop;
		} else {
			const char *ref = memchr(p, REF, (size_t)(stop - p));
			size_t n = (size_t)((ref ? ref : stop) - p);
			vec_push(&next.list, arena_dup_str(a, (struct str){ p, n }));
			p += n;
		}
		combine(e->s, &so_far, &next);
		vec_free(&next.list);
	}
	for (size_t i = 0; i < so_far.list.n && out->list.n < VALUES_MAX; i++)
		vec_push(&out->list, so_far.list.at[i]);
	vec_free(&so_far.list);
}

void shell_values(struct shell *s, const char *raw, struct raw_words *out)
{
	struct expansion e = { .s = s };
	if (strlen(raw) < VALUE_MAX && arena_used(s->arena) < SHELL_MEMORY_MAX)
		values_of(&e, str_from(raw), 0, out);
}
