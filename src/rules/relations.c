/* The packages that one declares something about, and their files. */
#include "rules/relations.h"

#include <string.h>

bool relations_declare(const struct relations *l, const struct package *owner)
{
	return l->declared && l->declared[owner->index];
}

static void note_list(struct relations *l, const char *list)
{
	struct packages *p = rules_packages(l->r);
	struct str rest = str_from(list), word;
	while (str_split(&rest, " ", &word)) {
		const struct package *to =
			packages_named(p, arena_dup_str(rules_arena(l->r), word));
		if (to)
			l->declared[to->index] = true;
	}
}

/* The packages that the program's own depends on, recommends and suggests, and those that such of
 * the same source depend on for it (xvfb's xserver-common, gpg's gnupg). */
static void note_declared(struct relations *l)
{
	struct packages *p = rules_packages(l->r);
	l->declared = arena_array(rules_arena(l->r), bool, packages_count(p));
	note_list(l, l->own->depends);
	note_list(l, l->own->recommends);
	note_list(l, l->own->suggests);
	l->declared[l->own->index] = true;
	for (size_t i = 0; i < packages_count(p); i++) {
		const struct package *other = packages_at(p, i);
		if (l->declared[i] && strcmp(other->source, l->own->source) == 0)
			note_list(l, other->depends);
	}
}

/* Both sides of the usr-merge as one. */
static const char *merged(const char *path)
{
	return strncmp(path, "/usr/", 5) == 0 ? path + 4 : path;
}

static void collect(struct relations *l, const struct package *pkg, struct set **to)
{
	struct str path;
	struct arena *a = rules_arena(l->r);
	for (size_t at = 0; packages_next_file(rules_packages(l->r), pkg, &at, &path);)
		if (!str_starts(path, STR("/usr/share/")) && !str_starts(path, STR("/etc/")))
			set_add(to, a, merged(arena_dup_str(a, path)));
}

/* What packages may be meant, so that not all of a system's lists are read for a word. */
static void collect_all(struct relations *l)
{
	struct packages *p = rules_packages(l->r);
	for (size_t i = 0; l->own && i < packages_count(p); i++) {
		const struct package *pkg = packages_at(p, i);
		if (pkg == l->own || (!pkg->essential && relations_declare(l, pkg)))
			collect(l, pkg, &l->related);
		if (pkg->essential && !l->base->filled)
			collect(l, pkg, &l->base->files);
	}
	l->base->filled = l->own != NULL || l->base->filled;
}

static bool is_in(struct set *set, const char *path)
{
	const struct set *there;
	HASH_FIND_STR(set, merged(path), there);
	return there != NULL;
}

bool relations_have(struct relations *l, const char *real, bool *essential)
{
	*essential = is_in(l->base->files, real);
	return is_in(l->related, real);
}

void relations_open(
	struct relations *l, struct rules *r, const struct package *own, struct essential *base)
{
	*l = (struct relations){ .r = r, .own = own, .base = base };
	if (own)
		note_declared(l);
	collect_all(l);
}

void relations_close(struct relations *l)
{
	set_clear(&l->related);
}
