/* glibc's search (elf/dl-load.c: _dl_map_object, open_path, open_verify), in its order:
 *
 *   1. DT_RPATH of the asker, of the object that loaded it, and on up; then the program's.
 *      Not at all when the asker has a DT_RUNPATH.
 *   2. LD_LIBRARY_PATH
 *   3. DT_RUNPATH of the asker
 *   4. ld.so.cache
 *   5. the built-in folders; 4 and 5 are cut down for an asker with DF_1_NODEFLIB.
 */
#include "loader/dirlist.h"
#include "loader/flavour.h"
#include "loader/glibc.h"
#include "loader/ldconfig.h"

#include "base/cleanup.h"
#include "elf/machine.h"
#include "os/root.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { CACHE_MAX = 16 * 1024 * 1024 };

static bool glibc_claims(const char *interp)
{
	(void)interp;
	return true; /* the last flavour: every loader that is nobody else's */
}

/* A cache that is there is followed, also when it is corrupt: the loader goes without one then. */
static void open_cache(struct glibc *c, struct registry *g, const struct mkr_elf *program)
{
	char *read;
	const char *data;
	size_t n;
	struct ldcache_abi abi = ldcache_abi_of(program, &c->hwcaps, c->info.version);
	c->table.path = c->info.cache;
	int r = registry_read(g, c->info.cache, CACHE_MAX, &read, &n);
	if (r == 0 && ldcache_open(&c->table.cache, read, n, &abi))
		c->how = MKR_IN_CACHE;
	if (r != -ENOENT && r != -ENOTDIR)
		return;
	data = ldconfig_run(g, program, &c->info, c->machine, &n);
	if (!data || !ldcache_open(&c->table.cache, data, n, &abi))
		return;
	c->how = MKR_IN_CONF;
	c->libc.no_cache = c->info.cache;
}

static struct dirs plain_dirs(struct arena *a, const char *const *list)
{
	size_t n = 0;
	while (list[n])
		n++;
	struct dir *at = arena_array(a, struct dir, n);
	for (size_t i = 0; i < n; i++)
		at[i] = (struct dir){ .path = list[i], .shown = list[i] };
	return (struct dirs){ at, n };
}

static struct libc *glibc_open(struct registry *g, const struct mkr_search *search,
	const char *interp, const struct mkr_elf *program, const struct libc *twin)
{
	const struct glibc *other = (const struct glibc *)twin;
	struct glibc *c = arena_new_of(g->arena, struct glibc);
	c->machine = machine_of(program);
	cleanup_fd int fd = -1;
	c->libc.place = registry_place_fd(g, interp, &fd);
	if (fd < 0 && c->libc.place->code == 0)
		fd = root_open(g->root, interp, O_RDONLY); /* it was a program before */
	const struct file *ldso = c->libc.place->file;
	c->info = other ? other->info : glibc_info_read(g, fd, ldso ? ldso->elf : NULL, c->machine);
	c->libc.lists_itself = c->info.version >= 241 && ldso; /* rtld.c since then */
	const char *wanted = search->hwcaps;
	if (!wanted && !mkr_root_is_host(g->root))
		wanted = "none";
	c->hwcaps = hwcaps_make(g->arena, c->machine, wanted, c->info.version);
	c->defaults = plain_dirs(g->arena, c->info.dirs);
	if (other) {
		c->table = other->table;
		c->how = other->how;
	} else {
		open_cache(c, g, program);
	}
	c->table.defaults = c->defaults;
	c->table.abi = ldcache_abi_of(program, &c->hwcaps, c->info.version);
	const char *platform = c->machine ? c->machine->platform : NULL;
	c->dst = (struct dst){ .lib = c->info.lib,
		.platform = c->hwcaps.platform ? c->hwcaps.platform : platform };
	return &c->libc;
}

/* What the tokens of `text` stand for; $ORIGIN costs a walk, and most lists have none. */
static struct dst dst_of(struct process *p, size_t object, const char *text)
{
	struct dst dst = ((struct glibc *)p->libc)->dst;
	dst.origin = strchr(text, '$') ? object_origin(p, object) : NULL;
	dst.secure = p->secure;
	dst.trusted = object == 0 ? ((struct glibc *)p->libc)->info.dirs : NULL;
	return dst;
}

static const char *glibc_expand(struct process *p, size_t by, const char *name, const char **why)
{
	struct dst dst = dst_of(p, by, name);
	if (p->secure && dst_has_token(str_from(name))) {
		*why = "DST not allowed in SUID/SGID programs";
		return NULL;
	}
	const char *text = dst_expand(p->reg->arena, str_from(name), &dst);
	if (text && *text)
		return text;
	*why = "empty dynamic string token substitution";
	return NULL;
}

static const struct dirs *rpath_of(struct process *p, size_t object)
{
	struct object *o = &p->at[object];
	const char *list = o->file->elf->rpath;
	if (!o->rpath_parsed && list) {
		struct dst dst = dst_of(p, object, list);
		o->rpath = dirlist_parse(p, list, ":", &dst);
	}
	o->rpath_parsed = true;
	return &o->rpath;
}

static const struct dirs *runpath_of(struct process *p, size_t object)
{
	struct object *o = &p->at[object];
	const char *list = o->file->elf->runpath;
	if (!o->runpath_parsed && list) {
		struct dst dst = dst_of(p, object, list);
		o->runpath = dirlist_parse(p, list, ":", &dst);
	}
	o->runpath_parsed = true;
	return &o->runpath;
}

/* LD_LIBRARY_PATH; its tokens are the program's. */
static const struct dirs *env_dirs(struct process *p)
{
	const char *list = p->search->library_path;
	if (!p->env_parsed && list && *list && !p->secure) {
		struct dst dst = dst_of(p, 0, list);
		p->env = dirlist_parse(p, list, ":;", &dst);
	}
	p->env_parsed = true;
	return &p->env;
}

static bool search_rpaths(struct process *p, size_t by, const char *name, struct hit *hit)
{
	bool did_program = false;
	for (size_t i = by;; i = p->at[i].load.by) {
		if (glibc_try_dirs(p, rpath_of(p, i), name, MKR_IN_RPATH, hit))
			return true;
		did_program |= i == 0;
		if (p->at[i].load.by == i)
			break;
	}
	return !did_program && glibc_try_dirs(p, rpath_of(p, 0), name, MKR_IN_RPATH, hit);
}

static bool in_system_dir(const struct glibc *c, const char *path)
{
	for (size_t i = 0; i < c->defaults.n; i++)
		if (strncmp(path, c->defaults.at[i].path, strlen(c->defaults.at[i].path)) == 0)
			return true;
	return false;
}

/* Would the search of the built-in folders come by this path? */
static bool is_builtin(const struct glibc *c, const char *path)
{
	for (size_t i = 0; i < c->defaults.n; i++) {
		size_t n = strlen(c->defaults.at[i].path);
		if (strncmp(path, c->defaults.at[i].path, n) == 0 &&
			(!strchr(path + n, '/') || strncmp(path + n, "glibc-hwcaps/", 13) == 0))
			return true;
	}
	return false;
}

/* Cache, or what ldconfig would have put into it, then the built-in folders. */
static bool search_system(struct process *p, const char *name, bool nodeflib, struct hit *hit)
{
	const struct glibc *c = (const struct glibc *)p->libc;
	const char *cached = c->how ? ldcache_lookup(&c->table.cache, name, &c->table.abi) : NULL;
	if (cached && nodeflib && in_system_dir(c, cached))
		cached = NULL;
	hit->how = c->how;
	if (c->how == MKR_IN_CONF && cached && is_builtin(c, cached))
		hit->how = MKR_IN_DEFAULT;
	hit->dir = NULL;
	if (cached && glibc_try_path(p, cached, hit))
		return true;
	return !nodeflib && glibc_try_dirs(p, &c->defaults, name, MKR_IN_DEFAULT, hit);
}

/* Variants in subfolders stay with LD_LIBRARY_PATH: their base file is what the table leads to. */
static void note_env_hit(struct process *p, const char *name, const struct hit *hit)
{
	struct system_cache *table = &((struct glibc *)p->libc)->table;
	const char *path = hit->place->path;
	if (hit->refused || strlen(path) != strlen(hit->dir->path) + strlen(name))
		return;
	for (const struct env_hit *e = table->env_hits; e; e = e->next)
		if (strcmp(e->name, name) == 0)
			return; /* the first program's find is everybody's */
	struct env_hit *e = arena_new_of(p->reg->arena, struct env_hit);
	*e = (struct env_hit){ name, path, table->env_hits };
	table->env_hits = e;
}

static void glibc_search(struct process *p, size_t by, struct name *name, struct hit *hit)
{
	const struct mkr_elf *asker = p->at[by].file->elf;
	const char *text = name->text;
	*hit = (struct hit){ 0 };
	if (!asker->runpath && search_rpaths(p, by, text, hit))
		return;
	if (glibc_try_dirs(p, env_dirs(p), text, MKR_IN_ENV, hit)) {
		note_env_hit(p, text, hit);
		return;
	}
	if (glibc_try_dirs(p, runpath_of(p, by), text, MKR_IN_RUNPATH, hit))
		return;
	bool nodeflib = asker->flags_1 & DF_1_NODEFLIB;
	/* The same for everybody who has no DF_1_NODEFLIB: asked once a loader. */
	if (!nodeflib && name->searched_by == p->libc) {
		*hit = (struct hit){ .place = name->found, .how = name->found_how };
		return;
	}
	if (!search_system(p, text, nodeflib, hit))
		*hit = (struct hit){ .passed = hit->passed };
	if (!nodeflib && !hit->refused) {
		name->searched_by = p->libc;
		name->found = hit->place;
		name->found_how = hit->how;
	}
}

static enum builtin glibc_builtin(const char *name)
{
	bool vdso = strcmp(name, "linux-vdso.so.1") == 0 || strcmp(name, "linux-gate.so.1") == 0 ||
		strcmp(name, "linux-vdso64.so.1") == 0 || strcmp(name, "linux-vdso32.so.1") == 0;
	return vdso ? BUILTIN_VDSO : BUILTIN_NOT;
}

static const struct system_cache *glibc_system_cache(const struct libc *libc)
{
	return &((const struct glibc *)libc)->table;
}

const struct flavour flavour_glibc = {
	.name = "glibc",
	.claims = glibc_claims,
	.open = glibc_open,
	.expand = glibc_expand,
	.search = glibc_search,
	.verify = glibc_verify,
	.builtin = glibc_builtin,
	.describe = glibc_describe,
	.system_cache = glibc_system_cache,
	.match_soname = true,
	.has_filters = true,
	.program_preloads = true,
};
