/* Small files and folders that rules look into. */
#include "rules/rule.h"

#include "base/cleanup.h"
#include "base/vec.h"
#include "os/root.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FILE_MAX_BYTES = 1024 * 1024, NAMES_MAX = 65536 };

const char *rules_read(struct rules *r, const char *path, size_t *n)
{
	struct stat st;
	cleanup_fd int fd = root_open_file(rules_root(r), path, &st);
	if (fd < 0 || st.st_size > FILE_MAX_BYTES)
		return NULL;
	size_t size = (size_t)st.st_size;
	char *text = arena_alloc(rules_arena(r), size + 1);
	ssize_t got = pread(fd, text, size, 0);
	if (got < 0)
		return NULL;
	text[got] = '\0';
	if (n)
		*n = (size_t)got;
	return text;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *const *rules_list(struct rules *r, const char *folder)
{
	struct arena *a = rules_arena(r);
	VEC(const char *) names = { 0 };
	int fd = root_open(rules_root(r), folder, O_RDONLY | O_DIRECTORY);
	cleanup_dir DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	for (struct dirent *e; d && names.n < NAMES_MAX && (e = readdir(d));)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			vec_push(&names, arena_dup(a, e->d_name));
	if (names.n)
		qsort(names.at, names.n, sizeof(*names.at), by_name);
	const char **out = arena_array(a, const char *, names.n + 1);
	if (names.n)
		memcpy(out, names.at, names.n * sizeof(*out));
	vec_free(&names);
	return out;
}

bool next_line(struct str *rest, struct str *line)
{
	while (str_split(rest, "\n", line)) {
		const char *hash = line->n ? memchr(line->p, '#', line->n) : NULL;
		if (hash)
			line->n = (size_t)(hash - line->p);
		*line = str_trim(*line);
		if (line->n && line->p[line->n - 1] == '\r')
			line->n--;
		if (line->n)
			return true;
	}
	return false;
}

bool next_word(struct str *rest, struct str *word)
{
	while (str_split(rest, " \t", word))
		if (word->n)
			return true;
	return false;
}
