#include "plan/record_merge.h"

#include "base/cleanup.h"
#include "base/set.h"
#include "os/root.h"

#include <string.h>
#include <unistd.h>

enum { THERE_MAX = 64 << 20, SUM = 32 }; /* digits of an MD5 */

/* What two lines have to share to speak of the same thing. */
static struct str key_of(struct str line, bool sums)
{
	return sums && line.n > SUM ? str_skip(line, SUM) : line;
}

static char *append(char *to, struct str text, const char *end)
{
	if (text.n)
		to = mempcpy(to, text.p, text.n);
	return stpcpy(to, end);
}

/* The lines of `there` that `made` has nothing for, then `made`. */
static struct str merge_lines(struct arena *a, struct str there, struct str made, bool sums)
{
	char *out = arena_alloc(a, there.n + made.n + 2), *to = out;
	struct set *known = NULL;
	struct str rest = made, line;
	while (str_split(&rest, "\n", &line))
		set_add(&known, a, arena_dup_str(a, key_of(line, sums)));
	while (str_split(&there, "\n", &line))
		if (line.n && set_add(&known, a, arena_dup_str(a, key_of(line, sums))))
			to = append(to, line, "\n");
	to = append(to, made, "");
	set_clear(&known);
	return (struct str){ out, (size_t)(to - out) };
}

/* One package's paragraph, up to the empty line behind it. */
static bool next_block(struct str *rest, struct str *block)
{
	while (rest->n && *rest->p == '\n')
		*rest = str_skip(*rest, 1);
	if (!rest->n)
		return false;
	const char *end = memmem(rest->p, rest->n, "\n\n", 2);
	block->p = rest->p;
	block->n = end ? (size_t)(end - rest->p) : rest->n;
	while (block->n && block->p[block->n - 1] == '\n')
		block->n--;
	*rest = end ? str_skip(*rest, (size_t)(end - rest->p)) : STR("");
	return true;
}

/* apk-package(5): "P:" is the name. */
static const char *name_of(struct arena *a, struct str block)
{
	struct str line;
	while (str_split(&block, "\n", &line))
		if (str_starts(line, STR("P:")))
			return arena_dup_str(a, line);
	return "";
}

static struct str merge_blocks(struct arena *a, struct str there, struct str made)
{
	/* Each block may get two newlines that it has not. */
	char *out = arena_alloc(a, 2 * (there.n + made.n) + 4), *to = out;
	struct set *known = NULL;
	struct str block;
	while (next_block(&there, &block)) {
		set_add(&known, a, name_of(a, block));
		to = append(to, block, "\n\n");
	}
	while (next_block(&made, &block))
		if (set_add(&known, a, name_of(a, block)))
			to = append(to, block, "\n\n");
	set_clear(&known);
	return (struct str){ out, (size_t)(to - out) };
}

struct str record_merge_text(struct arena *a, const char *path, struct str there, struct str made)
{
	struct str name = str_from(path);
	bool sums = str_ends(name, STR(".md5sums"));
	if (sums || strstr(path, "rpmmanifest/"))
		return merge_lines(a, there, made, sums);
	return str_ends(name, STR("apk/db/installed")) ? merge_blocks(a, there, made) : made;
}

struct str record_merge(
	struct arena *a, const struct mkr_root *target, const char *path, struct str made)
{
	struct stat st;
	cleanup_fd int fd = target ? root_open_file(target, path, &st) : -1;
	if (fd < 0 || st.st_size > THERE_MAX)
		return made;
	char *text = arena_alloc(a, (size_t)st.st_size + 1);
	ssize_t n = pread(fd, text, (size_t)st.st_size, 0);
	return n > 0 ? record_merge_text(a, path, (struct str){ text, (size_t)n }, made) : made;
}
