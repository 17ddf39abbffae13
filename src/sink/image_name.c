#include "sink/image_name.h"

#include <errno.h>
#include <string.h>

enum { NAME_MAX_BYTES = 255, TAG_MAX_BYTES = 128, ID_DIGITS = 64 };

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

/* Bytes at the start of s that are in the set. */
static size_t span(struct str s, const char *set)
{
	size_t n = 0;
	while (n < s.n && s.p[n] && strchr(set, s.p[n]))
		n++;
	return n;
}

static bool only(struct str s, const char *set)
{
	return s.n > 0 && span(s, set) == s.n;
}

/* alphanum (separator alphanum)*, where separator() says how long one may be at the start of its
 * argument, 0: there is none. */
static bool is_component(struct str s, const char *alphanum, size_t (*separator)(struct str))
{
	for (;;) {
		size_t n = span(s, alphanum);
		if (n == 0 || n == s.n)
			return n > 0;
		s = str_skip(s, n);
		n = separator(s);
		if (n == 0)
			return false;
		s = str_skip(s, n);
	}
}

/* [-._:@+] | "--" */
static size_t oci_separator(struct str s)
{
	if (str_starts(s, STR("--")))
		return 2;
	return span((struct str){ s.p, 1 }, "-._:@+");
}

/* [_.] | "__" | "-"+ */
static size_t docker_separator(struct str s)
{
	size_t dashes = span(s, "-");
	if (dashes)
		return dashes;
	if (str_starts(s, STR("__")))
		return 2;
	return span((struct str){ s.p, 1 }, "_.");
}

static size_t dot(struct str s)
{
	return span((struct str){ s.p, 1 }, ".");
}

bool image_tag_is_valid(const char *tag)
{
	struct str rest = str_from(tag), part;
	if (rest.n == 0 || rest.n > NAME_MAX_BYTES)
		return false;
	while (str_split(&rest, "/", &part))
		if (!is_component(part, LOWER UPPER DIGITS, oci_separator))
			return false;
	return true;
}

/* HOST[:PORT]; what is before the first slash is a host when it has a dot or a port or is
 * "localhost". */
static bool is_host(struct str s)
{
	return memchr(s.p, '.', s.n) || memchr(s.p, ':', s.n) || str_eq(s, STR("localhost"));
}

static bool is_valid_host(struct str s)
{
	const char *colon = memchr(s.p, ':', s.n);
	size_t n = colon ? (size_t)(colon - s.p) : s.n;
	if (colon && !only(str_skip(s, n + 1), DIGITS))
		return false;
	return is_component((struct str){ s.p, n }, LOWER UPPER DIGITS "-", dot);
}

static bool is_valid_path(struct str path)
{
	struct str part;
	if (path.n == ID_DIGITS && only(path, DIGITS "abcdef"))
		return false; /* it would be taken for an image's ID */
	if (path.n == 0 || path.n > NAME_MAX_BYTES)
		return false;
	while (str_split(&path, "/", &part))
		if (!is_component(part, LOWER DIGITS, docker_separator))
			return false;
	return true;
}

static bool is_valid_docker_tag(struct str s)
{
	return s.n <= TAG_MAX_BYTES && only(s, LOWER UPPER DIGITS "_.-") &&
		span(s, LOWER UPPER DIGITS "_");
}

int docker_name_parse(
	struct docker_name *out, struct arena *a, const char *text, struct mkr_error *err)
{
	const char *base = base_name(text), *colon = strchr(base, ':');
	struct str name = { text, colon ? (size_t)(colon - text) : strlen(text) };
	struct str tag = colon ? str_from(colon + 1) : STR("latest");
	const char *slash = memchr(name.p, '/', name.n);
	struct str host = { name.p, slash ? (size_t)(slash - name.p) : 0 };
	bool hosted = slash && is_host(host);
	struct str path = hosted ? str_skip(name, host.n + 1) : name;
	if (!is_valid_docker_tag(tag) || !is_valid_path(path) || name.n > NAME_MAX_BYTES ||
		(hosted && !is_valid_host(host))) {
		mkr_failx(err, -EINVAL, "'%s' is no name that docker takes", text);
		mkr_detail(err, "hint",
			"names are lower case: NAME:TAG, HOST:PORT/NAME:TAG; without a TAG it is "
			"latest");
		return -EINVAL;
	}
	out->tag = arena_dup_str(a, tag);
	out->familiar = arena_printf(a, "%s:%s", arena_dup_str(a, name), out->tag);
	const char *registry = hosted ? "" : slash ? "docker.io/" : "docker.io/library/";
	out->full = arena_printf(a, "%s%s", registry, out->familiar);
	return 0;
}
