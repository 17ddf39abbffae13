#include "plan/base_files.h"

#include "plan/accounts.h"
#include "plan/maker.h"
#include "plan/resolve.h"

#include <string.h>
#include <sys/stat.h>

/* Is the entry the old root's own file of that path? What -i SOURCE:DEST put there is the user's.
 */
static bool is_copy(const struct mkr_entry *e, const char *path)
{
	return S_ISREG(e->mode) && e->source &&
		strcmp(e->source + strspn(e->source, "/"), path) == 0;
}

static void add_cache(struct maker *m, const struct mkr_new_cache *cache)
{
	size_t before = m->made->n;
	const char *path = maker_way(m, cache->path);
	const struct mkr_entry *there = path ? mkr_entry_find(m->entries, m->n, path) : NULL;
	if (!path || (there ? !is_copy(there, path) : !cache->needed)) {
		m->made->n = before;
		return;
	}
	struct mkr_entry e = maker_entry(
		m, path, S_IFREG | 0644, MKR_WHY_MADE, "made: lists the libraries in here");
	char *data = arena_alloc(m->arena, cache->size + 1);
	memcpy(data, cache->data, cache->size);
	e.data = data;
	e.size = cache->size;
	if (there)
		m->entries[there - m->entries] = e;
	else
		vec_push(m->made, e);
}

static const char *resolve(void *ctx, const char *path)
{
	const struct maker *m = ctx;
	const char *real = plan_resolve(m->arena, m->entries, m->n, path);
	const struct mkr_entry *e = real ? mkr_entry_find(m->entries, m->n, real) : NULL;
	return e && S_ISREG(e->mode) ? real : NULL;
}

int base_files_add(struct arena *a, const struct mkr_closure *c, const struct mkr_policy *p,
	struct mkr_entry *entries, size_t n, entry_vec *made, struct mkr_error *err)
{
	struct maker m = { .arena = a, .policy = p, .entries = entries, .n = n, .made = made };
	struct mkr_new_root to = { .resolve = resolve, .ctx = &m, .target = p->target };
	size_t n_caches;
	const struct mkr_new_cache *caches =
		mkr_loader_new_caches(mkr_closure_loader(c), &to, &n_caches);
	for (size_t i = 0; i < n_caches; i++)
		add_cache(&m, &caches[i]);
	int r = 0;
	for (size_t i = 0; i < n && r == 0 && p->target; i++)
		if (entries[i].why == MKR_WHY_MADE && entries[i].set)
			r = accounts_keep(a, p, &entries[i], err);
	return r;
}
