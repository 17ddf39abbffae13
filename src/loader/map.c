#include "loader/map.h"

#include "base/vec.h"
#include "os/root.h"

#include <elf.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

struct lists {
	VEC(size_t) order; /* the link map, as indexes of objects */
	VEC(struct mkr_alias) alias;
	VEC(const char *) warnings;
	size_t n_missing, n_refused;
};

static struct lists *lists(struct process *p)
{
	return p->scratch;
}

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

static size_t add_object(struct process *p, struct object o)
{
	vec_grow_((void **)&p->at, &p->cap, p->n + 1, sizeof(*p->at));
	p->at[p->n] = o;
	return p->n++;
}

/* The first object that goes by a name keeps it. */
static void add_name(struct process *p, struct name *name, size_t object)
{
	if (name->process == p->number)
		return;
	name->process = p->number;
	name->object = object;
}

static void add_file(struct process *p, struct file *file, size_t object)
{
	file->process = p->number;
	file->object = object;
	if (file->soname && p->libc->flavour->match_soname)
		add_name(p, file->soname, object);
}

static void warn(struct process *p, const char *text)
{
	vec_push(&lists(p)->warnings, text);
}

/* A request that led nowhere. It has an entry of its own, which later requests do not match. */
static size_t add_missing(struct process *p, size_t by, const char *text, const struct hit *hit)
{
	struct object o = { .load = { .name = text, .by = by, .how = MKR_MISSING } };
	if (hit->refused) {
		o.load.refused = hit->refused;
		o.load.where = hit->place ? hit->place->path : text;
		lists(p)->n_refused++;
	} else {
		lists(p)->n_missing++;
	}
	return add_object(p, o);
}

/* What a search found: an object that is there already, under another name, or a new one. */
static size_t add_found(struct process *p, size_t by, struct name *name, const struct hit *hit)
{
	struct file *file = hit->place->file;
	const char *path = hit->place->path;
	if (file->process == p->number) {
		size_t known = file->object;
		add_name(p, name, known);
		if (p->at[known].load.path && strcmp(p->at[known].load.path, path) != 0)
			vec_push(&lists(p)->alias, ((struct mkr_alias){ path, known }));
		return known;
	}
	struct object o = { .file = file };
	o.load = (struct mkr_load){ .name = name->text,
		.path = path,
		.elf = file->elf,
		.by = by,
		.how = hit->how,
		.list = hit->dir ? hit->dir->shown : NULL };
	if (hit->dir && hit->dir->relative)
		warn(p,
			arena_printf(p->reg->arena,
				"%s was found through '%s', which is relative to the working "
				"directory",
				name->text, hit->dir->shown));
	size_t object = add_object(p, o);
	add_name(p, name, object);
	add_file(p, file, object);
	return object;
}

static void open_path(struct process *p, const char *path, struct hit *hit)
{
	hit->place = registry_place(p->reg, process_absolute(p, path));
	hit->how = MKR_AS_PATH;
	int verdict = p->libc->flavour->verify(p, hit->place, &hit->refused);
	if (verdict >= 0)
		hit->refused = NULL;
	if (verdict == 0)
		hit->place = NULL;
}

/* _dl_map_object(): the object that a request leads to; SIZE_MAX for the vDSO, which counts as loaded
 * and is listed by nobody. */
static size_t request(struct process *p, size_t by, struct name *name, enum mkr_request_kind kind)
{
	const struct flavour *f = p->libc->flavour;
	struct hit hit = { 0 };
	if (name->has_token) {
		const char *text = f->expand(p, by, name->text, &hit.refused);
		if (!text)
			return add_missing(p, by, name->text, &hit);
		name = registry_name(p->reg, str_from(text));
	}
	if (name->process == p->number)
		return name->object;
	enum builtin builtin = f->builtin(name->text);
	if (builtin == BUILTIN_VDSO)
		return SIZE_MAX;
	if (builtin == BUILTIN_LOADER) {
		add_name(p, name, p->self);
		/* musl lists its loader by the name that asked for it first. */
		if (!f->match_soname && !p->at[p->self].listed)
			p->at[p->self].load.name = name->text;
		return p->self;
	}
	if (name->has_slash)
		open_path(p, name->text, &hit);
	else
		f->search(p, by, name, &hit);
	if (hit.place && !hit.refused)
		return add_found(p, by, name, &hit);
	size_t missing = add_missing(p, by, name->text, &hit);
	if (kind == MKR_REQUEST_AUXILIARY && !hit.refused) {
		p->at[missing].load.optional = true;
		lists(p)->n_missing--;
	}
	return missing;
}

static void insert_order(struct process *p, size_t position, size_t object)
{
	struct lists *l = lists(p);
	vec_push(&l->order, 0);
	memmove(l->order.at + position + 1, l->order.at + position,
		(l->order.n - 1 - position) * sizeof(size_t));
	l->order.at[position] = object;
	p->at[object].listed = true;
}

static size_t find_order(const struct process *p, size_t object, size_t from)
{
	const struct lists *l = p->scratch;
	for (size_t i = from; i < l->order.n; i++)
		if (l->order.at[i] == object)
			return i;
	return SIZE_MAX;
}

/* DT_AUXILIARY and DT_FILTER: the filtee stands in front of the object that names it, which is at
 * *position; one that stands further back is moved there. */
static void place_filter(struct process *p, size_t *position, size_t object)
{
	struct lists *l = lists(p);
	if (!p->at[object].listed) {
		insert_order(p, (*position)++, object);
		return;
	}
	size_t late = find_order(p, object, *position + 1);
	if (late == SIZE_MAX)
		return;
	memmove(l->order.at + *position + 1, l->order.at + *position,
		(late - *position) * sizeof(size_t));
	l->order.at[(*position)++] = object;
}

/* Answers all requests of the object at `position` of the order. */
static int visit(struct process *p, size_t position, struct mkr_error *err)
{
	struct lists *l = lists(p);
	size_t object = l->order.at[position];
	p->at[object].done = true;
	const struct file *file = p->at[object].file;
	if (!file || !file->elf->n_requests)
		return 0;
	size_t n = file->elf->n_requests, n_needs = 0;
	size_t *needs = arena_array(p->reg->arena, size_t, n);
	for (size_t i = 0; i < n; i++) {
		enum mkr_request_kind kind = file->elf->requests[i].kind;
		size_t need = request(p, object, file->needs[i], kind);
		if (p->n > MKR_LOADS_MAX)
			return mkr_failx(err, -EFBIG, "'%s' needs more than %d objects",
				p->at[0].load.path, MKR_LOADS_MAX);
		if (need == SIZE_MAX)
			continue;
		needs[n_needs++] = need;
		if (kind != MKR_REQUEST_NEEDED) {
			place_filter(p, &position, need);
		} else if (!p->at[need].listed) {
			vec_push(&l->order, need);
			p->at[need].listed = true;
		}
	}
	p->at[object].needs = needs;
	p->at[object].load.n_needs = n_needs;
	return 0;
}

/* Breadth first; a filtee that was put in front of the current object is next. */
static int walk(struct process *p, struct mkr_error *err)
{
	struct lists *l = lists(p);
	for (size_t i = 0; i < l->order.n;) {
		size_t object = l->order.at[i];
		if (p->at[object].done) {
			i++;
			continue;
		}
		int r = visit(p, i, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static void add_preload(struct process *p, struct str text)
{
	if (text.n == 0)
		return;
	struct name *name = registry_name(p->reg, text);
	size_t object = request(p, 0, name, MKR_REQUEST_NEEDED);
	if (object == SIZE_MAX)
		return;
	struct object *o = &p->at[object];
	if (!o->load.path) {
		const char *why = o->load.refused ? o->load.refused : "not found";
		warn(p, arena_printf(p->reg->arena, "%s cannot be preloaded: %s", name->text, why));
		lists(p)->n_missing -= o->load.refused == NULL;
		lists(p)->n_refused -= o->load.refused != NULL;
		return;
	}
	if (o->listed)
		return;
	o->load.how = MKR_PRELOADED;
	vec_push(&lists(p)->order, object);
	o->listed = true;
}

static void add_preloads(struct process *p, const char *list, const char *stops)
{
	struct str rest = str_from(list), part;
	while (str_split(&rest, stops, &part))
		add_preload(p, part);
}

/* rtld.c: LD_PRELOAD, then /etc/ld.so.preload, where a '#' starts a comment. */
static void preload(struct process *p)
{
	enum { PRELOAD_MAX = 64 * 1024 };
	if (p->search->preload)
		add_preloads(p, p->search->preload, " :");
	char *text;
	size_t n;
	if (!p->search->root_preload || !p->libc->flavour->match_soname ||
		registry_read(p->reg, "/etc/ld.so.preload", PRELOAD_MAX, &text, &n) < 0)
		return;
	bool comment = false;
	for (char *c = text; *c; c++) {
		comment = *c == '#' || (comment && *c != '\n');
		if (comment)
			*c = ' ';
	}
	add_preloads(p, text, ": \t\n");
}

/* The loader is in the map from the start, under its path and its soname; it is listed where
 * something needs it. */
static void add_self(struct process *p)
{
	const struct libc *libc = p->libc;
	struct file *file = libc->place->file;
	if (libc->place->code || !file->elf) {
		/* What asks for it by its soname asks for what is missing. */
		struct hit none = { .refused = libc->place->code ? NULL : file->why,
			.place = libc->place };
		p->self = add_missing(p, 0, libc->interp, &none);
		p->at[p->self].done = true;
		add_name(p, registry_name(p->reg, str_from(libc->interp)), p->self);
		add_name(p, registry_name(p->reg, str_base(str_from(libc->interp))), p->self);
		return;
	}
	struct object o = { .file = file };
	o.load = (struct mkr_load){
		.name = libc->interp, .path = libc->interp, .elf = file->elf, .how = MKR_AS_INTERP
	};
	p->self = add_object(p, o);
	p->at[p->self].done = true; /* whatever it names in DT_NEEDED is never read */
	add_name(p, registry_name(p->reg, str_from(libc->interp)), p->self);
	add_file(p, file, p->self);
}

static void add_program(struct process *p, const char *program, struct file *file)
{
	struct object o = { .file = file, .listed = true };
	o.load = (struct mkr_load){
		.name = program, .path = program, .elf = file->elf, .how = MKR_AS_PROGRAM
	};
	add_object(p, o);
	/* Its own name is empty: a DT_NEEDED of "" is the program itself. */
	if (p->libc->flavour->match_soname)
		add_name(p, registry_name(p->reg, STR("")), 0);
	add_file(p, file, 0);
	vec_push(&lists(p)->order, (size_t)0);
}

/* rtld.c links the loader into the map behind its neighbour in the search list, which holds no
 * missing objects: it comes before the "not found" lines that would stand between them. */
static void settle_self(struct process *p)
{
	struct lists *l = lists(p);
	size_t at = p->at[p->self].load.path ? find_order(p, p->self, 0) : SIZE_MAX;
	if (at == SIZE_MAX || !p->libc->flavour->match_soname)
		return;
	for (; at > 1 && !p->at[l->order.at[at - 1]].load.path; at--)
		l->order.at[at] = l->order.at[at - 1];
	l->order.at[at] = p->self;
}

static void bring_to_front(size_t *at, size_t position)
{
	size_t moved = at[position];
	memmove(at + 1, at, position * sizeof(*at));
	at[0] = moved;
}

/* The objects in order, with their indexes renumbered; those that are not listed fall away. */
static struct mkr_map *make_map(struct process *p)
{
	struct arena *a = p->reg->arena;
	struct lists *l = lists(p);
	struct mkr_map *map = arena_new_of(a, struct mkr_map);
	struct mkr_load *load = arena_array(a, struct mkr_load, l->order.n);
	size_t *at = arena_array(a, size_t, p->n);
	size_t program = find_order(p, 0, 0);
	bring_to_front(l->order.at, program);
	for (size_t i = 0; i < l->order.n; i++)
		at[l->order.at[i]] = i;
	for (size_t i = 0; i < l->order.n; i++) {
		struct object *o = &p->at[l->order.at[i]];
		load[i] = o->load;
		load[i].by = at[o->load.by];
		for (size_t j = 0; j < o->load.n_needs; j++)
			o->needs[j] = at[o->needs[j]];
		load[i].needs = o->needs;
		load[i].before_program = i > 0 && i <= program;
	}
	map->load = load;
	map->n = l->order.n;
	struct mkr_alias *alias = arena_array(a, struct mkr_alias, l->alias.n);
	for (size_t i = 0; i < l->alias.n; i++)
		alias[i] = (struct mkr_alias){ l->alias.at[i].path, at[l->alias.at[i].load] };
	map->alias = alias;
	map->n_alias = l->alias.n;
	const char **warnings = arena_array(a, const char *, l->warnings.n + 1);
	if (l->warnings.n)
		memcpy(warnings, l->warnings.at, l->warnings.n * sizeof(*warnings));
	map->warnings = warnings;
	map->hwcaps = p->libc->hwcaps;
	map->opening = p->opening;
	map->opened = p->opening && p->opened != SIZE_MAX ? at[p->opened] : SIZE_MAX;
	map->n_missing = l->n_missing;
	map->n_refused = l->n_refused;
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
	p->opened = request(p, find_path(p, o->by), name, MKR_REQUEST_NEEDED);
	if (p->opened != SIZE_MAX && !p->at[p->opened].listed) {
		vec_push(&lists(p)->order, p->opened);
		p->at[p->opened].listed = true;
	}
	return walk(p, err);
}

/* The process as it starts, then what it opens. */
static int start_and_open(struct process *p, struct mkr_error *err)
{
	bool alone = p->opening && p->opening->alone;
	if (alone)
		p->at[0].done = true; /* its libraries are in another namespace */
	else
		preload(p);
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

int map_program(struct process *p, const char *program, const struct file *file,
	const struct mkr_map **out, struct mkr_error *err)
{
	struct lists l = { 0 };
	p->scratch = &l;
	add_program(p, program, registry_place(p->reg, program)->file);
	add_self(p);
	int r = start_and_open(p, err);
	/* Nobody has to ask for an interpreter that is missing. */
	if (!p->at[p->self].load.path && !p->at[p->self].listed)
		vec_push(&l.order, p->self);
	settle_self(p);
	if (r == 0) {
		struct mkr_map *map = make_map(p);
		map->program = program;
		map->interp = file->elf->interp;
		map->interp_missing = file->elf->interp && p->libc->place->code != 0;
		map->libc = p->libc->flavour->name;
		map->no_cache = found_by_conf(p) ? p->libc->no_cache : NULL;

		map->search_file = p->libc->search_file;
		*out = map;
	}
	vec_free(&l.order);
	vec_free(&l.alias);
	vec_free(&l.warnings);
	free(p->at);
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
