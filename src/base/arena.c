#include "base/arena.h"

#include <stdarg.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Small at first: most arenas hold a few names, and a start is measured in page faults. */
enum { FIRST_BLOCK = 2 * 1024, BLOCK = 32 * 1024 };

struct block {
	struct block *next;
	alignas(max_align_t) char bytes[];
};

struct arena {
	struct block *blocks;
	char *at; /* free space of the newest small block */
	size_t left;
	size_t block; /* the next one's size */
	size_t used;
};

void out_of_memory(void)
{
	static const char text[] = "mkroot: out of memory\n";
	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		abort();
	abort();
}

struct arena *arena_new(void)
{
	struct arena *a = calloc(1, sizeof(*a));
	if (!a)
		out_of_memory();
	a->block = FIRST_BLOCK;
	return a;
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	for (struct block *b = a->blocks, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	free(a);
}

static char *new_block(struct arena *a, size_t size)
{
	if (size > SIZE_MAX - sizeof(struct block))
		out_of_memory();
	struct block *b = malloc(sizeof(*b) + size);
	if (!b)
		out_of_memory();
	b->next = a->blocks;
	a->blocks = b;
	return b->bytes;
}

static char *take(struct arena *a, size_t size, size_t align)
{
	size_t pad = -(uintptr_t)a->at & (align - 1);
	a->used += size;
	if (size > BLOCK / 4)
		return new_block(a, size);
	if (size + pad > a->left) {
		while (a->block < size)
			a->block *= 2;
		a->at = new_block(a, a->block);
		a->left = a->block;
		if (a->block < BLOCK)
			a->block *= 2;
		pad = 0;
	}
	char *p = a->at + pad;
	a->at = p + size;
	a->left -= size + pad;
	return p;
}

void *arena_alloc(struct arena *a, size_t size)
{
	return memset(take(a, size ? size : 1, alignof(max_align_t)), 0, size);
}

char *arena_dup_str(struct arena *a, struct str text)
{
	char *p = take(a, text.n + 1, 1);
	if (text.n)
		memcpy(p, text.p, text.n);
	p[text.n] = '\0';
	return p;
}

char *arena_dup(struct arena *a, const char *text)
{
	return arena_dup_str(a, str_from(text));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		out_of_memory();
	char *p = take(a, (size_t)n + 1, 1);
	vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return p;
}

size_t arena_used(const struct arena *a)
{
	return a->used;
}
