/* Symbolic links: those that lead nowhere, and those that would lead out of the root without
 * chroot. */
#include "check/findings.h"

#include "base/cleanup.h"
#include "os/root.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* What is mounted or made when the root is run. */
static bool is_made_later(const char *path)
{
	static const char *const folders[] = { "proc", "sys", "dev", "run", "tmp" };
	size_t n = strcspn(path, "/");
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		if (strlen(folders[i]) == n && memcmp(path, folders[i], n) == 0)
			return true;
	return false;
}

/* The last thing that was crossed, and where a link there leads, without a leading slash. */
struct last {
	struct arena *arena;
	const char *path;
};

static int keep_last(void *ctx, const struct mkr_step *step, struct mkr_error *err)
{
	(void)err;
	struct last *last = ctx;
	last->path = step->target && step->target[0] == '/'
		? arena_dup(last->arena, step->target + strspn(step->target, "/"))
		: arena_dup(last->arena, step->path);
	return 0;
}

/* The target by its text: a relative one seen from the link's folder; sets *above when it climbs
 * over the root on the way. */
static const char *lexical_target(struct check *c, const struct mkr_found *f, bool *above)
{
	struct str dir = str_dir(str_from(f->path));
	bool absolute = f->target[0] == '/';
	const char *text = absolute
		? f->target
		: arena_printf(c->arena, "%.*s/%s", (int)dir.n, dir.p, f->target);
	char *out = arena_dup(c->arena, text);
	size_t n = 0;
	struct str rest = str_from(text), part;
	while (str_split(&rest, "/", &part)) {
		if (part.n == 0 || str_eq(part, STR(".")))
			continue;
		if (str_eq(part, STR(".."))) {
			*above |= n == 0 && !absolute;
			while (n > 0 && out[--n] != '/')
				;
			continue;
		}
		if (n)
			out[n++] = '/';
		memmove(out + n, part.p, part.n);
		n += part.n;
	}
	out[n] = '\0';
	return out;
}

void check_link(struct check *c, const struct mkr_found *f)
{
	bool above = false;
	const char *target = lexical_target(c, f, &above);
	c->n_links++;
	if (above)
		finding_add(c, LINK_ABOVE_ROOT, f->path, NULL, NULL,
			arena_printf(c->arena,
				"-> %s climbs above the root, where a chroot ends and the host "
				"begins",
				f->target));
	cleanup_fd int fd = root_open(c->root, f->path, O_PATH);
	if (fd >= 0 || fd == -EACCES)
		return;
	struct last last = { .arena = c->arena, .path = "" };
	mkr_root_walk(c->root, f->path, true, keep_last, &last, NULL);
	if (is_made_later(target) || is_made_later(last.path))
		return;
	finding_add(c, DANGLING_LINK, f->path, NULL, NULL,
		arena_printf(c->arena, "-> %s %s", f->target,
			fd == -ELOOP ? "leads in a circle" : "does not exist"));
}
