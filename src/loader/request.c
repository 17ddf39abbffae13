#include "loader/request.h"

#include <string.h>
#include <sys/stat.h>

/* How often one file is loaded before that is taken for a loop: a filtee of the program is seen by
 * no later request, so one that filters itself makes glibc load it until the memory ends. */
enum { COPIES_MAX = 8 };

/* A request that led nowhere. It has an entry of its own, which later requests do not match. */
static size_t add_missing(struct process *p, size_t by, const char *text, const struct hit *hit)
{
	struct object o = { .load = { .name = text, .by = by, .how = MKR_MISSING } };
	if (hit->refused) {
		o.load.refused = hit->refused;
		o.load.where = hit->place ? hit->place->path : text;
		chain_of(p)->n_refused++;
	} else {
		chain_of(p)->n_missing++;
	}
	return chain_new_object(p, o);
}

static void warn_relative(struct process *p, const char *name, const struct dir *dir)
{
	chain_warn(p,
		arena_printf(p->reg->arena,
			"%s was found through '%s', which is relative to the working directory",
			name, dir->shown));
}

/* What a search found: an object that is there already, under another name, or a new one. */
static size_t add_found(struct process *p, size_t by, struct name *name, const struct hit *hit)
{
	struct file *file = hit->place->file;
	const char *path = hit->place->path;
	size_t known = chain_by_file(p, file);
	if (known != NO_OBJECT) {
		chain_add_name(p, name, known);
		if (p->at[known].load.path && strcmp(p->at[known].load.path, path) != 0)
			vec_push(&chain_of(p)->alias, ((struct mkr_alias){ path, known }));
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
		warn_relative(p, name->text, hit->dir);
	size_t object = chain_new_object(p, o);
	if (by == NO_OBJECT)
		p->at[object].load.by = object;
	chain_add_name(p, name, object);
	chain_add_file(p, file, object);
	chain_add_soname(p, file, object);
	return object;
}

/* A name with a slash. Its tokens are expanded once more, as _dl_map_object() does it: an origin
 * may have some in its own name. */
static void open_path(struct process *p, size_t by, const char *path, struct hit *hit)
{
	const char *why;
	if (strchr(path, '$'))
		path = p->libc->flavour->expand(p, by, path, &why);
	if (!path)
		return;
	hit->place = registry_place(p->reg, process_absolute(p, path));
	hit->how = MKR_AS_PATH;
	int verdict = p->libc->flavour->verify(p, hit->place, &hit->refused);
	if (verdict >= 0)
		hit->refused = NULL;
	if (verdict == 0)
		hit->place = NULL;
}

/* The kernel's object, which is in no file. */
static size_t vdso(struct process *p, struct name *name)
{
	size_t object = chain_new_object(p,
		(struct object){ .load = { .name = name->text }, .is_vdso = true, .done = true });
	chain_add_name(p, name, object);
	return object;
}

static size_t builtin_object(struct process *p, struct name *name, enum builtin builtin)
{
	if (builtin == BUILTIN_VDSO)
		return vdso(p, name);
	/* musl lists its loader by the name that asked for it first. */
	if (!p->libc->flavour->match_soname && !p->at[p->self].listed)
		p->at[p->self].load.name = name->text;
	chain_add_name(p, name, p->self);
	return p->self;
}

static struct hit find(struct process *p, size_t by, struct name *name)
{
	struct hit hit = { 0 };
	if (name->has_slash)
		open_path(p, by, name->text, &hit);
	else
		p->libc->flavour->search(p, by, name, &hit);
	return hit;
}

static bool is_endless(struct process *p, const struct file *file)
{
	return file->process == p->number && file->copies >= COPIES_MAX &&
		chain_by_file(p, file) == NO_OBJECT;
}

/* openaux() catches what goes wrong with a DT_AUXILIARY: the start goes on without it. */
static size_t pass_over(struct process *p, size_t by, const char *name, const struct hit *hit)
{
	chain_warn(p,
		arena_printf(p->reg->arena, "%s, an auxiliary of %s, is passed over: %s",
			hit->place ? hit->place->path : name, p->at[by].load.path, hit->refused));
	return NO_OBJECT;
}

/* DT_NEEDED, DT_AUXILIARY, DT_FILTER with their tokens; NULL: *refused says whether that is fatal
 * (dl-deps.c expand_dst, which is strict with the auxiliaries alone). */
static struct name *expand(struct process *p, size_t by, struct name *name,
	enum mkr_request_kind kind, const char **refused)
{
	const char *text = p->libc->flavour->expand(p, by, name->text, refused);
	if (text)
		return registry_name(p->reg, str_from(text));
	if (kind != MKR_REQUEST_AUXILIARY && !p->secure)
		*refused = NULL;
	return NULL;
}

size_t request_needed(struct process *p, size_t by, struct name *name, enum mkr_request_kind kind)
{
	struct hit hit = { 0 };
	struct name *asked = name;
	if (name->has_token)
		name = expand(p, by, name, kind, &hit.refused);
	if (!name)
		return hit.refused ? add_missing(p, by, asked->text, &hit) : NO_OBJECT;
	size_t known = chain_by_name(p, name);
	if (known != NO_OBJECT)
		return known;
	enum builtin builtin = p->libc->flavour->builtin(name->text);
	if (builtin != BUILTIN_NOT)
		return builtin_object(p, name, builtin);
	hit = find(p, by, name);
	if (hit.place && !hit.refused && is_endless(p, hit.place->file))
		hit.refused = "it would be loaded without end, as a filter of itself";
	if (hit.place && !hit.refused)
		return add_found(p, by, name, &hit);
	if (hit.refused && kind == MKR_REQUEST_AUXILIARY)
		return pass_over(p, by, name->text, &hit);
	size_t missing = add_missing(p, by, name->text, &hit);
	if (kind == MKR_REQUEST_AUXILIARY) {
		p->at[missing].load.optional = true;
		chain_of(p)->n_missing--;
	}
	return missing;
}

/* rtld.c dso_name_valid_for_suid(), and the mode that open_path() asks for. */
static const char *insecure(const struct process *p, const struct name *name, const struct hit *hit)
{
	if (!p->secure)
		return NULL;
	if (name->has_slash)
		return "the program is set-user-ID";
	bool trusted = hit->place && hit->place->file && (hit->place->file->mode & S_ISUID);
	return trusted ? NULL : "it is not set-user-ID, as the program is";
}

/* rtld.c do_preload(): what is wrong with it is said, and it is left out. */
static void preload(struct process *p, struct str text)
{
	if (text.n == 0)
		return;
	struct name *name = registry_name(p->reg, text);
	size_t object = chain_by_name(p, name);
	if (object == NO_OBJECT) {
		size_t by = p->libc->flavour->program_preloads ? 0 : NO_OBJECT;
		struct hit hit = find(p, by, name);
		const char *why = hit.refused ? hit.refused : "not found";
		if (hit.place && !hit.refused)
			why = insecure(p, name, &hit);
		if (why) {
			chain_warn(p,
				arena_printf(p->reg->arena, "%s cannot be preloaded: %s",
					name->text, why));
			return;
		}
		object = add_found(p, by, name, &hit);
	}
	if (p->at[object].listed || object == p->self)
		return;
	p->at[object].load.how = MKR_PRELOADED;
	chain_append(p, object);
}

static void preload_list(struct process *p, const char *list, const char *stops)
{
	struct str rest = str_from(list), part;
	while (str_split(&rest, stops, &part))
		preload(p, part);
}

/* rtld.c: LD_PRELOAD, then /etc/ld.so.preload, where a '#' starts a comment. */
void request_preloads(struct process *p)
{
	enum { PRELOAD_MAX = 64 * 1024 };
	if (p->search->preload)
		preload_list(p, p->search->preload, " :");
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
	preload_list(p, text, ": \t\n");
}
