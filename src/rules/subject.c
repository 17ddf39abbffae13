/* Do the words of a row hold for an object? */
#include "rules/rule.h"

#include <string.h>

/* Is the text the word, or does it start with the word's part before a "*"? */
static bool word_matches(struct str word, const char *text)
{
	struct str whole = str_from(text);
	if (word.n && word.p[word.n - 1] == '*')
		return str_starts(whole, (struct str){ word.p, word.n - 1 });
	return str_eq(word, whole);
}

bool words_match(const char *words, const char *text)
{
	struct str rest = str_from(words), word;
	while (str_split(&rest, " ", &word))
		if (word.n && word_matches(word, text))
			return true;
	return false;
}

static int compare(struct str prefix, const char *text)
{
	return strncmp(prefix.p, text, prefix.n);
}

/* The first of the sorted names that starts with the prefix. */
static const char *first_with(const struct mkr_elf_detail *d, struct str prefix)
{
	size_t low = 0, high = d->n_imports;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare(prefix, d->imports[middle]) > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < d->n_imports && compare(prefix, d->imports[low]) == 0 ? d->imports[low] : NULL;
}

const char *subject_imports(const struct subject *s, const char *words)
{
	struct str rest = str_from(words), word;
	if (!s->detail)
		return NULL;
	while (str_split(&rest, " ", &word)) {
		if (word.n == 0)
			continue;
		bool prefix = word.p[word.n - 1] == '*';
		const char *hit = first_with(s->detail, (struct str){ word.p, word.n - prefix });
		/* Sorted bytewise, a name stands before those that only start like it. */
		if (hit && (prefix || strlen(hit) == word.n))
			return hit;
	}
	return NULL;
}

const char *subject_needs(const struct subject *s, struct arena *a, const char *words)
{
	for (size_t i = 0; s->elf && i < s->elf->n_requests; i++) {
		const char *name = s->elf->requests[i].name;
		const char *end = strstr(name, ".so");
		struct str stem = { name, end ? (size_t)(end - name) : strlen(name) };
		if (words_match(words, arena_dup_str(a, stem)))
			return name;
	}
	return NULL;
}
