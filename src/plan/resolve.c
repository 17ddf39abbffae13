#include "plan/resolve.h"

#include "base/str.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>

enum { LINKS_MAX = 40 }; /* as the kernel */

/* As walk_path() of os/walk.c, but in a list: `here` is where we stand, `todo` what is left. */
struct way {
	char here[PATH_MAX], todo[2 * PATH_MAX];
	size_t n, at; /* length of here; where todo begins */
	unsigned links;
};

static bool enter(struct way *w, struct str part)
{
	if (w->n + 1 + part.n >= sizeof(w->here))
		return false;
	if (w->n)
		w->here[w->n++] = '/';
	memcpy(w->here + w->n, part.p, part.n);
	w->n += part.n;
	w->here[w->n] = '\0';
	return true;
}

static void go_up(struct way *w)
{
	w->n = str_dir((struct str){ w->here, w->n }).n;
	w->here[w->n] = '\0';
}

/* What the link holds comes before what is left, seen from the link's folder or from "/". */
static bool follow(struct way *w, const char *target)
{
	size_t n = target ? strlen(target) : 0, left = strlen(w->todo + w->at);
	if (!target || ++w->links > LINKS_MAX || n + 1 + left >= sizeof(w->todo))
		return false;
	memmove(w->todo + n + 1, w->todo + w->at, left + 1);
	memcpy(w->todo, target, n);
	w->todo[n] = '/';
	w->at = 0;
	go_up(w);
	if (target[0] == '/')
		w->here[w->n = 0] = '\0';
	return true;
}

static bool resolve(struct way *w, const struct mkr_entry *entries, size_t n)
{
	bool folder = true;
	for (;;) {
		w->at += strspn(w->todo + w->at, "/");
		struct str part = { w->todo + w->at, strcspn(w->todo + w->at, "/") };
		if (part.n == 0)
			return true;
		w->at += part.n;
		if (!folder)
			return false;
		if (str_eq(part, STR(".")))
			continue;
		if (str_eq(part, STR(".."))) {
			go_up(w);
			continue;
		}
		const struct mkr_entry *e =
			enter(w, part) ? mkr_entry_find(entries, n, w->here) : NULL;
		if (!e || (S_ISLNK(e->mode) && !follow(w, e->target)))
			return false;
		folder = S_ISLNK(e->mode) || S_ISDIR(e->mode);
	}
}

const char *plan_resolve(
	struct arena *a, const struct mkr_entry *entries, size_t n, const char *path)
{
	struct way w;
	w.n = w.at = w.links = 0;
	w.here[0] = '\0';
	size_t length = strlen(path);
	if (length >= PATH_MAX)
		return NULL;
	memcpy(w.todo, path, length + 1);
	return resolve(&w, entries, n) ? arena_dup_str(a, (struct str){ w.here, w.n }) : NULL;
}
