#include "rules/embedded.h"

#include <string.h>

bool subject_is_static(const struct subject *s)
{
	return s->kind == SUBJECT_PROGRAM && s->elf && !s->elf->interp && s->elf->n_requests == 0;
}

const char *subject_embeds(struct rules *r, const struct subject *s, const char *words)
{
	struct str rest = str_from(words), word, text;
	if (s->kind != SUBJECT_PROGRAM)
		return NULL;
	text = rules_rodata(r, s);
	while (next_word(&rest, &word))
		if (memmem(text.p, text.n, word.p, word.n))
			return arena_dup_str(rules_arena(r), word);
	return NULL;
}

const char *static_embeds(struct rules *r, const struct subject *s, const char *words)
{
	return subject_is_static(s) ? subject_embeds(r, s, words) : NULL;
}
