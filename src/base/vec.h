/* A growing array: VEC(struct entry) entries = {0}; vec_push(&entries, e); free(entries.at). */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>

#define VEC(type)                                                                                  \
	struct {                                                                                   \
		type *at;                                                                          \
		size_t n, cap;                                                                     \
	}

static inline void vec_grow_(void **at, size_t *cap, size_t need, size_t size)
{
	if (need <= *cap)
		return;
	size_t cap_new = *cap ? *cap : 8;
	while (cap_new < need)
		cap_new *= 2;
	void *p = cap_new > SIZE_MAX / size ? NULL : realloc(*at, cap_new * size);
	if (!p)
		out_of_memory();
	*at = p;
	*cap = cap_new;
}

/* Room for one more at the end; the new element's index is v->n - 1 afterwards. */
#define vec_push(v, value)                                                                         \
	(vec_grow_((void **)(void *)&(v)->at, &(v)->cap, (v)->n + 1, sizeof(*(v)->at)),            \
		(v)->at[(v)->n++] = (value))

#define vec_free(v) free((v)->at)

#endif
