#include "plan/accounts.h"

#include "base/cleanup.h"
#include "os/root.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX_BYTES = 4 * 1024 * 1024 };

static struct str name_of(struct str line)
{
	const char *colon = line.n ? memchr(line.p, ':', line.n) : NULL;
	return colon ? (struct str){ line.p, (size_t)(colon - line.p) } : STR("");
}

static bool has_name(struct str text, struct str name)
{
	struct str line;
	while (str_split(&text, "\n", &line))
		if (str_eq(name_of(line), name))
			return true;
	return false;
}

struct str accounts_merge(struct arena *a, struct str there, struct str made)
{
	char *out = arena_alloc(a, there.n + made.n + 2), *to = out;
	struct str line;
	if (there.n)
		to = mempcpy(to, there.p, there.n);
	if (there.n && to[-1] != '\n')
		*to++ = '\n';
	while (str_split(&made, "\n", &line)) {
		if (line.n == 0 || has_name(there, name_of(line)))
			continue;
		to = mempcpy(to, line.p, line.n);
		*to++ = '\n';
	}
	return (struct str){ out, (size_t)(to - out) };
}

/* Lines that begin with a name, one a user or group. */
static bool is_list(const char *path)
{
	static const char *const lists[] = { "etc/passwd", "etc/group", "etc/shadow",
		"etc/gshadow" };
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		if (strcmp(lists[i], path) == 0)
			return true;
	return false;
}

int accounts_keep(
	struct arena *a, const struct mkr_policy *p, struct mkr_entry *e, struct mkr_error *err)
{
	struct stat st;
	cleanup_fd int fd = root_open_file(p->target, e->path, &st);
	if (fd == -ENOENT || fd == -ENOTDIR)
		return 0;
	if (fd < 0)
		return mkr_fail(
			err, fd, "cannot read '/%s' of the folder that is added to", e->path);
	if (st.st_size > FILE_MAX_BYTES)
		return mkr_failx(
			err, -EFBIG, "'/%s' of the folder that is added to is over 4 MiB", e->path);
	char *text = arena_alloc(a, (size_t)st.st_size + 1);
	ssize_t n = pread(fd, text, (size_t)st.st_size, 0);
	if (n < 0)
		return mkr_fail(
			err, -errno, "cannot read '/%s' of the folder that is added to", e->path);
	struct str all = { text, (size_t)n };
	if (is_list(e->path))
		all = accounts_merge(a, all, (struct str){ e->data, e->size });
	e->data = all.p;
	e->size = all.n;
	e->mode = st.st_mode;
	e->uid = st.st_uid;
	e->gid = st.st_gid;
	if (p->known)
		p->known(p->known_ctx, e, st.st_ino);
	return 0;
}
