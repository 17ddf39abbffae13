/* A view of bytes that somebody else owns: parse without copying, copy once what is kept. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct str {
	const char *p;
	size_t n;
};

/* For initialisers and arguments: the view of a string literal. */
#define STR(literal) ((struct str){ (literal), sizeof(literal) - 1 })

static inline struct str str_from(const char *text)
{
	return (struct str){ text, strlen(text) };
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

static inline bool str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n &&
		(suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

/* s without its first `n` bytes (n <= s.n). */
static inline struct str str_skip(struct str s, size_t n)
{
	return (struct str){ s.p + n, s.n - n };
}

/* Takes the part before the first byte of `stops` off *rest into *part. False when nothing is left;
 * an empty last part ("a:") is still a part, as the loader's path lists have it. rest->p == NULL is
 * the end. */
bool str_split(struct str *rest, const char *stops, struct str *part);

/* Takes a line off *rest, without its newline; nothing is left when rest->n is 0. */
struct str str_line(struct str *rest);

/* Without the blanks (space, tab) at both ends. */
struct str str_trim(struct str s);

/* The last component of a path: what follows its last slash. */
struct str str_base(struct str path);

/* The part before the last slash, "/" when that is the first byte, "" when there is none. */
struct str str_dir(struct str path);

static inline const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

#endif
