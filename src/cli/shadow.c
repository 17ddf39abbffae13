#include "cli/shadow.h"

#include "base/cleanup.h"
#include "base/read.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 16 << 20 };

/* "" when it cannot be read. */
static char *read_text(const struct mkr_root *root, struct arena *a, const char *path)
{
	struct stat st;
	cleanup_fd int fd = mkr_root_open_file(root, path, &st, NULL);
	size_t room = fd < 0 || st.st_size > FILE_MAX ? 0 : (size_t)st.st_size;
	char *text = arena_alloc(a, room + 1);
	if (room)
		read_at(fd, text, room, 0); /* what cannot be read is empty */
	return text;
}

/* The names in front of the first colon of each line; "+" and "-" lines are of NIS (nsswitch.conf,
 * "compat"). */
static bool next_name(struct str *rest, struct str *name)
{
	struct str line;
	while (str_split(rest, "\n", &line)) {
		if (line.n == 0 || strchr("+-#:", line.p[0]))
			continue;
		if (str_split(&line, ":", name) && line.p)
			return true;
	}
	return false;
}

const char *shadow_without_passwords(
	const struct mkr_root *root, struct arena *a, const char *path, size_t *size)
{
	bool users = strcmp(path, "/etc/shadow") == 0;
	if (!users && strcmp(path, "/etc/gshadow") != 0)
		return NULL;
	struct str name, rest = str_from(read_text(root, a, users ? "/etc/passwd" : "/etc/group"));
	char *text = NULL;
	FILE *f = open_memstream(&text, size);
	if (!f)
		out_of_memory();
	while (next_name(&rest, &name))
		fprintf(f, "%.*s:*:%s\n", (int)name.n, name.p, users ? "::::::" : ":");
	if (fclose(f) != 0)
		out_of_memory();
	char *kept = arena_dup(a, text);
	free(text);
	return kept;
}

const char *shadow_home(const struct mkr_root *root, struct arena *a, unsigned uid)
{
	struct str rest = str_from(read_text(root, a, "/etc/passwd")), line, field;
	while (str_split(&rest, "\n", &line)) {
		char number[16];
		snprintf(number, sizeof(number), "%u", uid);
		for (int i = 0; str_split(&line, ":", &field); i++) {
			if (i == 2 && !str_eq(field, str_from(number)))
				break;
			if (i == 5)
				return field.n ? arena_dup_str(a, field) : NULL;
		}
	}
	return NULL;
}
