/* musl's search (ldso/dynlink.c: load_library, path_open, fixup_rpath), in its order:
 *
 *   1. LD_LIBRARY_PATH
 *   2. RUNPATH, or else RPATH, of the asker, of the object that loaded it, and on up
 *   3. the folders of /etc/ld-musl-ARCH.path; without that file /lib:/usr/local/lib:/usr/lib
 *
 * No cache, no default folders beside these, no subfolders; a file that opens is the answer,
 * whatever it is. */
#include "loader/dirlist.h"
#include "loader/explain.h"
#include "loader/flavour.h"

#include "base/vec.h"

#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { PATH_FILE_MAX = 1024 * 1024 };

struct musl {
	struct libc libc;
	const char *list; /* the list of folders */
	struct dirs dirs;
};

static bool musl_claims(const char *interp)
{
	return strncmp(base_name(interp), "ld-musl-", 8) == 0;
}

/* The path file is PREFIX/etc/ld-musl-ARCH.path, PREFIX being two components above the loader. */
static void read_path_file(struct musl *m, struct registry *g, const char *interp)
{
	struct str prefix = str_dir(str_dir(str_from(interp)));
	if (prefix.n == 1)
		prefix.n = 0;
	struct str arch = str_skip(str_base(str_from(interp)), strlen("ld-musl-"));
	const char *dot = memchr(arch.p, '.', arch.n);
	if (dot)
		arch.n = (size_t)(dot - arch.p);
	const char *path = arena_printf(g->arena, "%.*s/etc/ld-musl-%.*s.path", (int)prefix.n,
		prefix.p, (int)arch.n, arch.p);
	char *text;
	size_t n;
	m->list = "/lib:/usr/local/lib:/usr/lib";
	if (registry_read(g, path, PATH_FILE_MAX, &text, &n) == 0) {
		m->list = text;
		m->libc.search_file = path;
	}
}

static struct libc *musl_open(struct registry *g, const struct mkr_search *search,
	const char *interp, const struct mkr_elf *program, const struct libc *twin)
{
	(void)twin;
	(void)search;
	(void)program;
	struct musl *m = arena_new_of(g->arena, struct musl);
	m->libc.place = registry_place(g, interp);
	read_path_file(m, g, interp);
	return &m->libc;
}

/* No tokens in DT_NEEDED. */
static const char *musl_expand(struct process *p, size_t by, const char *name, const char **why)
{
	(void)p;
	(void)by;
	(void)why;
	return name;
}

/* fixup_rpath(): what begins with $ORIGIN is that, whatever letters follow. */
static const char *expand_origin(struct arena *a, const char *list, const char *origin)
{
	const char *out = "", *d;
	while ((d = strchr(list, '$'))) {
		out = arena_printf(a, "%s%.*s%s", out, (int)(d - list), list, origin);
		list = d + (d[1] == '{' ? 9 : 7);
	}
	return arena_printf(a, "%s%s", out, list);
}

/* Empty elements are skipped, separators are ':' and newline. */
static struct dirs split(struct process *p, const char *list)
{
	struct arena *a = p->reg->arena;
	VEC(struct dir) v = { 0 };
	struct str rest = str_from(list), part;
	while (str_split(&rest, ":\n", &part)) {
		if (part.n == 0)
			continue;
		const char *text = arena_dup_str(a, part);
		struct dir d = { .shown = text, .relative = text[0] != '/' };
		d.path = arena_printf(a, "%s/", process_absolute(p, text));
		vec_push(&v, d);
	}
	struct dir *at = arena_array(a, struct dir, v.n);
	if (v.n)
		memcpy(at, v.at, v.n * sizeof(*at));
	vec_free(&v);
	return (struct dirs){ at, v.n };
}

/* fixup_rpath(): a '$' that does not begin $ORIGIN or ${ORIGIN} voids the whole list. */
static bool tokens_known(const char *list)
{
	for (const char *d = list; (d = strchr(d, '$')); d++)
		if (strncmp(d, "$ORIGIN", 7) != 0 && strncmp(d, "${ORIGIN}", 9) != 0)
			return false;
	return true;
}

static const struct dirs *rpath_of(struct process *p, size_t object)
{
	struct object *o = &p->at[object];
	const struct mkr_elf *elf = o->file->elf;
	const char *list = elf->runpath ? elf->runpath : elf->rpath;
	if (!o->rpath_parsed && list && tokens_known(list))
		o->rpath = split(p, expand_origin(p->reg->arena, list, object_origin(p, object)));
	o->rpath_parsed = true;
	return &o->rpath;
}

/* path_open(): 1 found, 0 go on with the next list, -1 an error that ends the whole search. */
static int open_in(struct process *p, const struct dirs *dirs, const char *name, enum mkr_how how,
	struct hit *hit)
{
	for (size_t i = 0; i < dirs->n; i++) {
		char path[PATH_MAX];
		int n = snprintf(path, sizeof(path), "%s%s", dirs->at[i].path, name);
		if (n < 0 || (size_t)n >= sizeof(path))
			continue;
		const struct place *place = registry_place(p->reg, path);
		if (place->code == 0) {
			*hit = (struct hit){ .place = place, .how = how, .dir = &dirs->at[i] };
			return 1;
		}
		switch (-place->code) {
		case ENOENT:
		case ENOTDIR:
		case EACCES:
		case ENAMETOOLONG:
			break;
		default:
			return -1;
		}
	}
	return 0;
}

/* map_library() looks at class and type only, not even at the machine. */
static int musl_verify(const struct process *p, const struct place *place, const char **why)
{
	if (place->code)
		return 0;
	const struct file *f = place->file;
	*why = f->why;
	if (!f->elf)
		return -1;
	if (f->elf->bits != p->program->bits || f->elf->big_endian != p->program->big_endian)
		*why = "Exec format error";
	else if (f->elf->type != ET_DYN && f->elf->type != ET_EXEC)
		*why = "Exec format error";
	else if (f->elf->malformed)
		*why = f->elf->malformed;
	else if (f->elf->machine != p->program->machine)
		*why = "is for another machine, which musl does not notice";
	else
		return 1;
	return -1;
}

/* The object that loaded this one. */
static size_t above(const struct process *p, size_t object)
{
	size_t by = p->at[object].load.by;
	return by == object ? NO_OBJECT : by;
}

static void musl_search(struct process *p, size_t by, struct name *name, struct hit *hit)
{
	struct musl *m = (struct musl *)p->libc;
	const char *env = p->search->library_path;
	*hit = (struct hit){ 0 };
	if (!p->env_parsed && env)
		p->env = split(p, env);
	p->env_parsed = true;
	int r = open_in(p, &p->env, name->text, MKR_IN_ENV, hit);
	for (size_t i = by; r == 0 && i != NO_OBJECT; i = above(p, i)) {
		enum mkr_how how = p->at[i].file->elf->runpath ? MKR_IN_RUNPATH : MKR_IN_RPATH;
		r = open_in(p, rpath_of(p, i), name->text, how, hit);
	}
	if (r == 0 && !m->dirs.at)
		m->dirs = split(p, m->list);
	if (r == 0)
		r = open_in(p, &m->dirs, name->text, MKR_IN_DEFAULT, hit);
	if (r > 0 && musl_verify(p, hit->place, &hit->refused) > 0)
		hit->refused = NULL;
}

/* load_library(): "catch and block attempts to reload the implementation itself". */
static enum builtin musl_builtin(const char *name)
{
	static const char *const reserved[] = { "c.", "pthread.", "rt.", "m.", "dl.", "util.",
		"xnet." };
	if (strncmp(name, "lib", 3) != 0)
		return BUILTIN_NOT;
	for (size_t i = 0; i < sizeof(reserved) / sizeof(*reserved); i++)
		if (strncmp(name + 3, reserved[i], strlen(reserved[i])) == 0)
			return BUILTIN_LOADER;
	return BUILTIN_NOT;
}

static const char *musl_describe(struct registry *g, const struct libc *libc,
	const struct mkr_search *search, const struct mkr_map *map, const struct mkr_load *by)
{
	struct arena *a = g->arena;
	const char *text = "";
	if (search->library_path && *search->library_path)
		text = arena_printf(a, "LD_LIBRARY_PATH %s", search->library_path);
	for (const struct mkr_load *l = by;; l = &map->load[l->by]) {
		const char *list = l->elf->runpath ? l->elf->runpath : l->elf->rpath;
		if (list)
			text = explain_join(a, text, "; ", arena_printf(a, "RPATH %s", list));
		if (l == &map->load[l->by])
			break;
	}
	return explain_join(a, text, "; ", ((const struct musl *)libc)->list);
}

const struct flavour flavour_musl = {
	.name = "musl",
	.claims = musl_claims,
	.open = musl_open,
	.expand = musl_expand,
	.search = musl_search,
	.verify = musl_verify,
	.builtin = musl_builtin,
	.describe = musl_describe,
	.match_soname = false,
};
