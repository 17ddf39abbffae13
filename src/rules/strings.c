/* Reading constant text, and telling what in it looks like a path. */
#include "rules/strings.h"

#include "base/cleanup.h"
#include "os/root.h"

#include <stdlib.h>
#include <sys/stat.h>

/* libLLVM has 40 MB; what lies beyond is not looked at. */
enum { RODATA_MAX = 64 << 20, PATH_LONG = 512 };

struct str rodata_read(struct rodata *kept, const struct mkr_root *root, const struct subject *s)
{
	struct stat st;
	if (!s->elf || s->elf->rodata_size == 0)
		return STR("");
	if (kept->path == s->path)
		return (struct str){ kept->bytes, kept->n };
	rodata_free(kept);
	cleanup_fd int fd = root_open_file(root, s->path, &st);
	uint64_t at = s->elf->rodata_at;
	if (fd < 0 || at >= (uint64_t)st.st_size)
		return STR("");
	uint64_t n = (uint64_t)st.st_size - at;
	n = n < s->elf->rodata_size ? n : s->elf->rodata_size;
	n = n < RODATA_MAX ? n : RODATA_MAX;
	cleanup_free char *bytes = malloc(n);
	if (!bytes)
		out_of_memory();
	ssize_t got = pread(fd, bytes, n, (off_t)at);
	if (got <= 0)
		return STR("");
	*kept = (struct rodata){ s->path, steal_ptr(&bytes), (size_t)got };
	return (struct str){ kept->bytes, kept->n };
}

void rodata_free(struct rodata *kept)
{
	free(kept->bytes);
	*kept = (struct rodata){ 0 };
}

bool strings_next(struct str *rest, struct str *text)
{
	while (rest->n) {
		const char *end = memchr(rest->p, '\0', rest->n);
		size_t n = end ? (size_t)(end - rest->p) : rest->n, start = n;
		while (start > 0 && rest->p[start - 1] >= ' ' && rest->p[start - 1] < 0x7f)
			start--;
		*text = (struct str){ rest->p + start, n - start };
		*rest = str_skip(*rest, end ? n + 1 : n);
		if (text->n && end)
			return true;
	}
	return false;
}

static bool is_one_of(char c, const char *set)
{
	return c && strchr(set, c) != NULL;
}

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Bytes that stand in names of files which programs are built with. */
static bool is_path_byte(char c)
{
	return is_alnum(c) || is_one_of(c, "/._-+~@#!");
}

/* The path that starts at p[0], a slash. What a program fills in ("%s", "$HOME", "*") is cut off,
 * with the rest of its component. */
static struct str path_at(const char *p, size_t n)
{
	size_t k = 1;
	while (k < n && k < PATH_LONG && is_path_byte(p[k]))
		k++;
	if (k < n && is_one_of(p[k], "%$*?[{<"))
		while (p[k - 1] != '/')
			k--;
	while (k > 1 && p[k - 1] == '/')
		k--;
	return (struct str){ p, k };
}

/* "://", "a/b", "//" and "/usr/../x" are none. */
static bool is_sane(struct str path)
{
	return path.n > 2 && (is_alnum(path.p[1]) || path.p[1] == '.') &&
		!memmem(path.p, path.n, "/..", 3) && !memmem(path.p, path.n, "//", 2) &&
		memchr(path.p + 1, '/', path.n - 1);
}

bool strings_next_path(struct str text, size_t *at, struct str *path)
{
	while (*at < text.n) {
		const char *slash = memchr(text.p + *at, '/', text.n - *at);
		if (!slash)
			return false;
		size_t start = (size_t)(slash - text.p);
		*path = path_at(slash, text.n - start);
		*at = start + path->n;
		if (start > 0 && (is_path_byte(slash[-1]) || is_one_of(slash[-1], "%$})*?\\")))
			continue;
		if (is_sane(*path))
			return true;
	}
	return false;
}
