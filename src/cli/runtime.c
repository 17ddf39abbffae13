#include "cli/runtime.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/read.h"
#include "base/vec.h"
#include "cli/user.h"

#include <mkroot/root.h>
#include <mkroot/run.h>

#include <errno.h>
#include <string.h>

enum { PASSWD_MAX = 4 << 20 };

/* The text of a small file of the plan; NULL: it is not there. The caller frees it. */
static char *text_of(const struct mkr_entry *entries, size_t n, const char *path)
{
	const struct mkr_entry *e = mkr_entry_find(entries, n, path);
	if (!e || !S_ISREG(e->mode) || e->size > PASSWD_MAX)
		return NULL;
	char *text = calloc(1, e->size + 1);
	if (!text)
		out_of_memory();
	if (e->data) {
		memcpy(text, e->data, e->size);
		return text;
	}
	struct stat st;
	cleanup_fd int fd = e->source ? mkr_root_open_file(e->from, e->source, &st, NULL) : -1;
	if (fd >= 0)
		read_at(fd, text, e->size, 0); /* what cannot be read is empty */
	return text;
}

/* Field `index` of a passwd(5) line. */
static struct str field(struct str line, unsigned index)
{
	struct str part = { 0 };
	for (unsigned i = 0; i <= index; i++)
		if (!str_split(&line, ":", &part))
			return (struct str){ "", 0 };
	return part;
}

/* Finds the line of a name, or of an id. */
static bool find_user(const char *passwd, struct str user, uint32_t *uid, uint32_t *gid)
{
	uint32_t wanted, id;
	bool number = parse_id(user.p, user.p + user.n, &wanted);
	struct str rest = str_from(passwd), line;
	while (str_split(&rest, "\n", &line)) {
		struct str u = field(line, 2), g = field(line, 3);
		if (!parse_id(u.p, u.p + u.n, &id))
			continue;
		if (number ? id != wanted : !str_eq(field(line, 0), user))
			continue;
		*uid = id;
		return parse_id(g.p, g.p + g.n, gid);
	}
	return false;
}

static int find_ids(struct mkr_runtime *r, const char *user, const struct mkr_entry *entries,
	size_t n, struct mkr_error *err)
{
	if (!user)
		return 0;
	cleanup_free char *passwd = text_of(entries, n, "etc/passwd");
	const char *colon = strchr(user, ':');
	struct str name = { user, colon ? (size_t)(colon - user) : strlen(user) };
	bool known = passwd && find_user(passwd, name, &r->uid, &r->gid);
	if (!known && !parse_id(name.p, name.p + name.n, &r->uid))
		return mkr_failx(err, -ENOENT, "no user '%s' in the root's /etc/passwd", user);
	if (colon && !parse_id(colon + 1, colon + strlen(colon), &r->gid))
		return mkr_failx(err, -EINVAL, "'%s' is no number", colon + 1);
	return 0;
}

static const char *const *join(struct arena *a, const char *const *first, const char *const *second)
{
	static const char *const shell[] = { "/bin/sh", NULL };
	VEC(const char *) all = { 0 };
	const char *const *const lists[] = { first, second };
	for (size_t i = 0; i < 2; i++)
		for (const char *const *at = lists[i]; at && *at; at++)
			vec_push(&all, *at);
	if (all.n == 0)
		return shell;
	const char **out = arena_array(a, const char *, all.n + 1);
	memcpy(out, all.at, all.n * sizeof(*out));
	vec_free(&all);
	return out;
}

int runtime_config(char **out, const struct mkr_image_spec *config, const struct mkr_entry *entries,
	size_t n, struct mkr_error *err)
{
	struct arena *a = arena_new();
	struct mkr_runtime runtime = { .args = join(a, config->entrypoint, config->cmd),
		.env = config->env,
		.workdir = config->workdir,
		.annotations = config->annotations,
		.architecture = config->architecture };
	int r = find_ids(&runtime, config->user, entries, n, err);
	if (r == 0)
		*out = mkr_runtime_config(&runtime);
	arena_free(a);
	return r;
}
