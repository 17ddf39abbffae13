/* Text that grows: struct text t = {0}; text_add(&t, STR("a")); then text_take() or vec_free(&t).
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/str.h"
#include "base/vec.h"

struct text {
	char *at;
	size_t n, cap;
};

static inline void text_add(struct text *t, struct str more)
{
	vec_grow_((void **)(void *)&t->at, &t->cap, t->n + more.n + 1, 1);
	if (more.n)
		memcpy(t->at + t->n, more.p, more.n);
	t->n += more.n;
}

/* Leaves it empty; p is never NULL. */
static inline struct str text_take(struct text *t, struct arena *a)
{
	struct str all = { t->n ? t->at : "", t->n };
	all.p = arena_dup_str(a, all);
	vec_free(t);
	*t = (struct text){ 0 };
	return all;
}

#endif
