#include "loader/map.h"

#include "loader/loads.h"
#include "loader/request.h"
#include "os/root.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

const char *process_absolute(struct process *p, const char *path)
{
	if (path[0] == '/')
		return path;
	const char *cwd = p->search->cwd ? p->search->cwd : "/";
	const char *slash = cwd[strlen(cwd) - 1] == '/' ? "" : "/";
	return arena_printf(p->reg->arena, "%s%s%s", cwd, slash, path);
}

/* Of the program: the folder of /proc/self/exe, links resolved; of a library: of the path it was
 * found by, links not resolved. */
const char *object_origin(struct process *p, size_t object)
{
	struct object *o = &p->at[object];
	if (o->origin)
		return o->origin;
	const char *path = o->load.path;
	if (object == 0 && p->program->interp)
		path = root_real_path(p->reg->root, p->reg->arena, path);
	if (!path)
		path = o->load.path;
	o->origin = arena_dup_str(p->reg->arena, str_dir(str_from(path)));
	return o->origin;
}

/* Answers all requests of the object at `position` of the order. */
static int visit(struct process *p, size_t position, struct mkr_error *err)
{
	size_t object = chain_of(p)->order.at[position];
	p->at[object].done = true;
	const struct file *file = p->at[object].file;
	if (!file || !file->elf->n_requests)
		return 0;
	size_t n = file->elf->n_requests, n_needs = 0;
	size_t *needs = arena_array(chain_of(p)->temp, size_t, n);
	for (size_t i = 0; i < n; i++) {
		enum mkr_request_kind kind = file->elf->requests[i].kind;
		if (kind != MKR_REQUEST_NEEDED && !p->libc->flavour->has_filters)
			continue;
		size_t need = request_needed(p, object, file->needs[i], kind);
		if (p->n > MKR_LOADS_MAX)
			return mkr_failx(err, -EFBIG, "'%s' needs more than %d objects",
				p->at[0].load.path, MKR_LOADS_MAX);
		if (need == NO_OBJECT)
			continue;
		if (!p->at[need].is_vdso)
			needs[n_needs++] = need;
		if (kind != MKR_REQUEST_NEEDED)
			chain_put_before(p, &position, need);
		else if (!p->at[need].listed)
			chain_append(p, need);
	}
	p->at[object].needs = needs;
	p->at[object].load.n_needs = n_needs;
	return 0;
}

/* Breadth first; a filtee that was put in front of the current object is next. */
static int walk(struct process *p, struct mkr_error *err)
{
	const struct chain *c = chain_of(p);
	for (size_t i = 0; i < c->order.n;) {
		if (p->at[c->order.at[i]].done) {
			i++;
			continue;
		}
		int r = visit(p, i, err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* The loader is in the map from the start, under its path and its soname; it is listed where
 * something needs it. Nobody knows its inode: found by another path it is loaded once more. */
static void add_self(struct process *p)
{
	const struct libc *libc = p->libc;
	struct file *file = libc->place->file;
	struct name *path = registry_name(p->reg, str_from(libc->interp));
	bool missing = libc->place->code || !file->elf;
	struct object o = { .file = missing ? NULL : file, .done = true };
	if (missing) {
		/* What asks for it by its soname asks for what is missing. */
		o.load = (struct mkr_load){ .name = libc->interp,
			.refused = libc->place->code ? NULL : file->why,
			.where = libc->interp };
		chain_of(p)->n_missing += libc->place->code != 0;
		chain_of(p)->n_refused += libc->place->code == 0;
	} else {
		o.load = (struct mkr_load){ .name = libc->interp,
			.path = libc->interp,
			.elf = file->elf,
			.how = MKR_AS_INTERP };
	}
	p->self = chain_new_object(p, o);
	chain_add_name(p, path, p->self);
	if (missing)
		chain_add_name(p, registry_name(p->reg, str_base(str_from(libc->interp))), p->self);
	else
		chain_add_soname(p, file, p->self);
}

/* Its inode is unknown too: a library that is a link to the program is loaded beside it. */
static void add_program(struct process *p, const char *program, struct file *file)
{
	struct object o = { .file = file };
	o.load = (struct mkr_load){
		.name = program, .path = program, .elf = file->elf, .how = MKR_AS_PROGRAM
	};
	chain_new_object(p, o);
	/* Its own name is empty: a DT_NEEDED of "" is the program itself. */
	if (p->libc->flavour->match_soname)
		chain_add_name(p, registry_name(p->reg, STR("")), 0);
	chain_add_soname(p, file, 0);
	chain_append(p, 0);
}

static void bring_to_front(size_t *at, size_t position)
{
	size_t moved = at[position];
	memmove(at + 1, at, position * sizeof(*at));
	at[0] = moved;
}

/* The order without the vDSO; the program in front. Returns how many filtees stood before it. */
static size_t settle_order(struct process *p)
{
	struct chain *c = chain_of(p);
	size_t n = 0, before = c->program;
	chain_settle_loader(p);
	for (size_t i = 0; i < c->order.n; i++) {
		if (!p->at[c->order.at[i]].is_vdso)
			c->order.at[n++] = c->order.at[i];
		else if (i < c->program)
			before--;
	}
	c->order.n = n;
	bring_to_front(c->order.at, before);
	return before;
}

static void copy_loads(struct process *p, struct mkr_map *map, size_t before)
{
	struct arena *a = p->reg->arena;
	const struct chain *c = chain_of(p);
	struct mkr_load *load = arena_array(c->temp, struct mkr_load, c->order.n);
	struct mkr_alias *alias = arena_array(a, struct mkr_alias, c->alias.n);
	size_t *at = arena_array(c->temp, size_t, p->n);
	for (size_t i = 0; i < c->order.n; i++)
		at[c->order.at[i]] = i;
	for (size_t i = 0; i < c->order.n; i++) {
		struct object *o = &p->at[c->order.at[i]];
		load[i] = o->load;
		load[i].by = at[o->load.by];
		for (size_t j = 0; j < o->load.n_needs; j++)
			o->needs[j] = at[o->needs[j]];
		load[i].needs = o->needs;
		load[i].before_program = i > 0 && i <= before && !o->load.refused;
	}
	for (size_t i = 0; i < c->alias.n; i++)
		alias[i] = (struct mkr_alias){ c->alias.at[i].path, at[c->alias.at[i].load] };
	map->load = loads_keep(p->reg, load, c->order.n);
	map->n = c->order.n;
	map->alias = alias;
	map->n_alias = c->alias.n;
	map->opened = p->opening && p->opened != NO_OBJECT ? at[p->opened] : SIZE_MAX;
}

/* The objects in order, with their indexes renumbered; those that are not listed fall away. */
static struct mkr_map *make_map(struct process *p)
{
	struct arena *a = p->reg->arena;
	struct mkr_map *map = arena_new_of(a, struct mkr_map);
	copy_loads(p, map, settle_order(p));
	const struct chain *c = chain_of(p);
	const char **warnings = arena_array(a, const char *, c->warnings.n + 1);
	if (c->warnings.n)
		memcpy(warnings, c->warnings.at, c->warnings.n * sizeof(*warnings));
	map->warnings = warnings;
	map->hwcaps = p->libc->hwcaps;
	map->opening = p->opening;
	map->n_missing = c->n_missing;
	map->n_refused = c->n_refused;
	return map;
}

static size_t find_path(const struct process *p, const char *path)
{
	for (size_t i = 0; path && i < p->n; i++)
		if (p->at[i].load.path && strcmp(p->at[i].load.path, path) == 0)
			return i;
	return p->at[p->self].file ? p->self : 0;
}

/* What was opened after the start, the oldest first. */
static int open_late(struct process *p, const struct mkr_opening *o, struct mkr_error *err)
{
	if (o->before) {
		int r = open_late(p, o->before, err);
		if (r < 0)
			return r;
	}
	struct name *name = registry_name(p->reg, str_from(o->name));
	p->opened = request_needed(p, find_path(p, o->by), name, MKR_REQUEST_NEEDED);
	if (p->opened != NO_OBJECT && !p->at[p->opened].listed)
		chain_append(p, p->opened);
	return walk(p, err);
}

/* The process as it starts, then what it opens. */
static int start_and_open(struct process *p, struct mkr_error *err)
{
	bool alone = p->opening && p->opening->alone;
	if (alone)
		p->at[0].done = true; /* its libraries are in another namespace */
	else
		request_preloads(p);
	int r = walk(p, err);
	size_t n = p->n;
	bool self_listed = p->at[p->self].listed;
	if (r == 0 && p->opening)
		r = open_late(p, p->opening, err);
	for (size_t i = n; i < p->n; i++)
		p->at[i].load.opened = true;
	p->at[p->self].load.opened = !self_listed && p->at[p->self].listed;
	return r;
}

/* Was something found that is in no cache yet? */
static bool found_by_conf(const struct process *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->at[i].load.how == MKR_IN_CONF && p->at[i].load.path)
			return true;
	return false;
}

/* rtld.c looks whether there is a DT_NEEDED at all before it lists what was loaded; musl does not.
 * What is missing is told all the same: a filter of such a program, say. */
static bool lists_nothing(const struct process *p, const struct mkr_map *map)
{
	const struct mkr_elf *elf = map->load[0].elf;
	for (size_t i = 0; i < elf->n_requests; i++)
		if (elf->requests[i].kind == MKR_REQUEST_NEEDED)
			return false;
	for (size_t i = 0; i < map->n; i++)
		if (!map->load[i].path && !map->load[i].before_program)
			return false;
	return p->libc->flavour->match_soname;
}

int map_program(struct process *p, const char *program, const struct file *file,
	const struct mkr_map **out, struct mkr_error *err)
{
	struct chain c = { .temp = arena_new() };
	p->scratch = &c;
	add_program(p, program, registry_place(p->reg, program)->file);
	add_self(p);
	int r = start_and_open(p, err);
	/* Nobody has to ask for an interpreter that is missing. */
	const struct object *self = &p->at[p->self];
	if (!self->listed && (!self->load.path || p->libc->lists_itself))
		chain_append(p, p->self);
	if (r == 0) {
		struct mkr_map *map = make_map(p);
		map->program = program;
		map->interp = file->elf->interp;
		map->interp_missing = file->elf->interp && p->libc->place->code != 0;
		map->libc = p->libc->flavour->name;
		map->no_cache = found_by_conf(p) ? p->libc->no_cache : NULL;
		map->search_file = p->libc->search_file;
		map->lists_nothing = lists_nothing(p, map);
		*out = map;
	}
	chain_free(p);
	return r;
}

const struct mkr_map *map_static(struct registry *g, const char *program, const struct file *file)
{
	static const char *const none[] = { NULL };
	struct mkr_map *map = arena_new_of(g->arena, struct mkr_map);
	struct mkr_load *load = arena_new_of(g->arena, struct mkr_load);
	*load = (struct mkr_load){
		.name = program, .path = program, .elf = file->elf, .how = MKR_AS_PROGRAM
	};
	*map = (struct mkr_map){
		.program = program, .is_static = true, .load = load, .n = 1, .warnings = none
	};
	return map;
}
