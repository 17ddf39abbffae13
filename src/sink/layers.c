#include "sink/layers.h"

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"
#include "sink/source.h"

#include <errno.h>
#include <sys/stat.h>

enum { NOWHERE = -1, OWN = -2 }; /* no layer yet; the last one, whose number is not known yet */

/* The files of one package. */
struct group {
	const struct mkr_origin *package;
	uint64_t bytes;
	int layer;
	UT_hash_handle hh;
};

struct splitter {
	struct sink_args *args;
	struct arena *arena;
	struct group *groups;
	VEC(struct group *) sorted;
	size_t *parent; /* of each entry: the index of its folder, or n */
	struct group **group; /* of each entry; NULL: nobody's */
	int *layer; /* of each entry; of a folder: the layer it was last needed in */
	size_t first; /* the first of the layers that are dealt out */
	VEC(struct layer) layers;
	VEC(struct mkr_entry) out;
};

static int check_names(const struct sink_args *args, struct mkr_error *err)
{
	for (size_t i = 0; i < args->n; i++)
		if (args->entries[i].why != MKR_WHY_GONE &&
			strncmp(base_name(args->entries[i].path), ".wh.", 4) == 0)
			return mkr_failx(err, -EINVAL,
				"'%s' cannot be in an image: there a name with .wh. in front says "
				"that a file is gone",
				args->entries[i].path);
	return 0;
}

static struct group *group_of(struct splitter *s, const struct mkr_origin *package)
{
	struct group *g;
	HASH_FIND_PTR(s->groups, &package, g);
	if (g)
		return g;
	g = arena_new_of(s->arena, struct group);
	g->package = package;
	HASH_ADD_PTR(s->groups, package, g);
	vec_push(&s->sorted, g);
	return g;
}

/* A hard link is where its first name is, which stands before it. */
static void look(struct splitter *s)
{
	const struct sink_args *args = s->args;
	s->parent = arena_array(s->arena, size_t, args->n + 1);
	s->group = arena_array(s->arena, struct group *, args->n + 1);
	s->layer = arena_array(s->arena, int, args->n + 1);
	for (size_t i = 0; i < args->n; i++) {
		const struct mkr_entry *e = &args->entries[i];
		struct str dir = str_dir(str_from(e->path));
		s->parent[i] =
			dir.n ? mkr_entry_index(args->entries, args->n, dir.p, dir.n) : args->n;
		s->layer[i] = NOWHERE;
		if (S_ISDIR(e->mode))
			continue;
		size_t first = mkr_entry_first(args->entries, args->n, i);
		const struct mkr_origin *p = args->entries[first < args->n ? first : i].package;
		s->group[i] = p ? group_of(s, p) : NULL;
		if (p && !mkr_entry_is_hard_link(e))
			s->group[i]->bytes += e->size;
	}
}

static int by_use(const void *a, const void *b)
{
	const struct group *x = *(const struct group *const *)a;
	const struct group *y = *(const struct group *const *)b;
	if (x->package->base != y->package->base)
		return x->package->base ? -1 : 1;
	if (x->package->users != y->package->users)
		return x->package->users > y->package->users ? -1 : 1;
	if (x->bytes != y->bytes)
		return x->bytes > y->bytes ? -1 : 1;
	return strcmp(x->package->name, y->package->name);
}

static int new_layer(struct splitter *s, const char *title)
{
	vec_push(&s->layers, ((struct layer){ .title = title }));
	return (int)s->layers.n - 1;
}

/* Gives each group a layer; at most `max`, 2 at least, the last of them for what nobody ships. */
static void deal(struct splitter *s, size_t max)
{
	size_t n = s->sorted.n, i = 0;
	if (n)
		qsort(s->sorted.at, n, sizeof(*s->sorted.at), by_use);
	for (; i < n && s->sorted.at[i]->package->base; i++)
		s->sorted.at[i]->layer = s->layers.n > s->first
			? (int)s->first
			: new_layer(s, arena_dup(s->arena, s->sorted.at[i]->package->name));
	size_t room = max - 1 - s->layers.n, left = n - i;
	for (; i < n && (left <= room || s->layers.n + 2 < max); i++, left--, room--)
		s->sorted.at[i]->layer =
			new_layer(s, arena_dup(s->arena, s->sorted.at[i]->package->name));
	int rest = i < n && room ? new_layer(s, "packages") : OWN;
	for (; i < n; i++)
		s->sorted.at[i]->layer = rest;
	int own = new_layer(s, "files");
	for (i = 0; i < n; i++)
		if (s->sorted.at[i]->layer == OWN)
			s->sorted.at[i]->layer = own;
}

static void need_parents(struct splitter *s, size_t i, int layer)
{
	for (size_t p = s->parent[i]; p < s->args->n && s->layer[p] != layer; p = s->parent[p])
		s->layer[p] = layer;
}

static bool is_on_the_way(const struct mkr_entry *e)
{
	return e->why == MKR_WHY_PARENT || e->why == MKR_WHY_LINK;
}

/* What is in the layer beside the folders on the way. Folders that nothing needs, and those that
 * somebody asked for, are in the last. */
static bool is_in(struct splitter *s, size_t i, int layer)
{
	const struct mkr_entry *e = &s->args->entries[i];
	int last = (int)s->layers.n - 1;
	if (S_ISDIR(e->mode))
		return layer == last && (s->layer[i] == NOWHERE || !is_on_the_way(e));
	return (s->group[i] ? s->group[i]->layer : last) == layer;
}

/* Whether it is the name of something gone, in a folder that both are in. */
static bool is_gone_beside(const struct mkr_entry *e, size_t same)
{
	return e->why == MKR_WHY_GONE && same >= (size_t)(base_name(e->path) - e->path);
}

/* "usr/.wh.x" is to come before its neighbours, also those whose names begin with a lower byte than
 * "." (image-spec, layer.md, "Whiteouts"). */
static int by_path_gone_first(const void *a, const void *b)
{
	const struct mkr_entry *x = a, *y = b;
	size_t same = 0;
	while (x->path[same] && x->path[same] == y->path[same])
		same++;
	bool x_gone = is_gone_beside(x, same), y_gone = is_gone_beside(y, same);
	return x_gone != y_gone ? (x_gone ? -1 : 1) : strcmp(x->path, y->path);
}

static void put_gone_first(struct mkr_entry *entries, size_t n)
{
	bool any = false;
	for (size_t i = 0; i < n; i++)
		any |= entries[i].why == MKR_WHY_GONE;
	if (any)
		qsort(entries, n, sizeof(*entries), by_path_gone_first);
}

static void put_layer(struct splitter *s, int layer)
{
	const struct sink_args *args = s->args;
	bool last = layer == (int)s->layers.n - 1;
	size_t start = s->out.n;
	for (size_t i = 0; i < args->n; i++) {
		if (!is_in(s, i, layer))
			continue;
		need_parents(s, i, layer);
		s->layer[i] = layer;
	}
	for (size_t i = 0; i < args->n; i++)
		if (s->layer[i] == layer)
			vec_push(&s->out, args->entries[i]);
	s->layers.at[layer].end = s->out.n;
	if (s->out.n == start)
		return;
	int64_t newest = newest_file_mtime(s->out.at + start, s->out.n - start);
	for (size_t i = start; i < s->out.n; i++) {
		struct mkr_entry *e = &s->out.at[i];
		if (!S_ISDIR(e->mode) || (last && !is_on_the_way(e)))
			continue;
		e->mtime = newest;
		e->mtime_nsec = 0;
	}
	put_gone_first(s->out.at + start, s->out.n - start);
}

static void drop_empty(struct splitter *s)
{
	size_t start = 0, n = 0;
	for (size_t i = 0; i < s->layers.n; i++) {
		struct layer l = s->layers.at[i];
		if (l.end > start)
			s->layers.at[n++] = l;
		start = l.end;
	}
	s->layers.n = n ? n : 1;
}

/* No format holds a socket: it is what a running program makes. */
static void leave_sockets_out(struct sink_args *args)
{
	struct mkr_entry *kept = arena_array(args->arena, struct mkr_entry, args->n + 1);
	size_t n = 0;
	for (size_t i = 0; i < args->n; i++) {
		if (S_ISSOCK(args->entries[i].mode))
			sink_warn(args->to, "'%s' is a socket: it is left out",
				args->entries[i].path);
		else
			kept[n++] = args->entries[i];
	}
	args->entries = kept;
	args->n = n;
}

/* How many new layers there may be, at most as many as are asked for. -EINVAL: none. */
static int count_room(const struct sink_args *args, size_t *ret, struct mkr_error *err)
{
	const struct mkr_image_spec *spec = args->to->image;
	size_t wanted = spec && spec->layers ? spec->layers : 1, below = 0;
	if (spec && spec->base)
		mkr_image_layers(spec->base, &below);
	below += spec && spec->n_base;
	*ret = below >= MKR_LAYERS_MAX ? 0 : MKR_LAYERS_MAX - below;
	*ret = wanted < *ret ? wanted : *ret;
	if (*ret == 0 && args->n)
		return mkr_failx(err, -EINVAL,
			"the base has %zu layers, and %d are all that an image can have", below,
			MKR_LAYERS_MAX);
	return 0;
}

/* What is a layer of its own, below the others, is put aside. */
static void set_base_aside(struct splitter *s)
{
	struct sink_args *args = s->args;
	size_t n = args->to->image ? args->to->image->n_base : 0;
	if (!n)
		return;
	for (size_t i = 0; i < n; i++)
		vec_push(&s->out, args->entries[i]);
	args->entries += n;
	args->n -= n;
	new_layer(s, "base");
	s->layers.at[0].end = n;
}

int layers_arrange(struct sink_args *args, struct mkr_error *err)
{
	size_t max;
	int r = check_names(args, err);
	if (r == 0)
		r = count_room(args, &max, err);
	if (r < 0)
		return r;
	struct splitter s = { .args = args, .arena = args->arena };
	set_base_aside(&s);
	leave_sockets_out(args);
	look(&s);
	s.first = s.layers.n;
	if (max > 1)
		deal(&s, max + s.first);
	else
		new_layer(&s, NULL);
	for (size_t i = 0; max == 1 && i < s.sorted.n; i++)
		s.sorted.at[i]->layer = (int)s.first;
	for (size_t i = s.first; i < s.layers.n; i++)
		put_layer(&s, (int)i);
	drop_empty(&s);
	struct layers *layers = arena_new_of(args->arena, struct layers);
	layers->at = arena_array(args->arena, struct layer, s.layers.n);
	layers->n = s.layers.n;
	memcpy(layers->at, s.layers.at, s.layers.n * sizeof(*layers->at));
	struct mkr_entry *entries = arena_array(args->arena, struct mkr_entry, s.out.n + 1);
	if (s.out.n)
		memcpy(entries, s.out.at, s.out.n * sizeof(*entries));
	args->entries = entries;
	args->n = s.out.n;
	args->layers = layers;
	HASH_CLEAR(hh, s.groups);
	vec_free(&s.sorted);
	vec_free(&s.layers);
	vec_free(&s.out);
	return 0;
}
