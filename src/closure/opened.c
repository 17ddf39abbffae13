/* What processes open without a DT_NEEDED that says so: auditing libraries, those of .note.dlopen,
 * and libgcc_s.so.1, which glibc opens when a thread ends early. */
#include "closure/internal.h"

#include "base/str.h"

#include <string.h>

/* An opening: which process, who in it, and what for. */
struct wish {
	const struct mkr_map *map;
	size_t by;
	bool alone;
	struct reason reason;
};

/* Is what was opened there, and all that it needs? Else *gone is what is not. */
static bool is_whole(const struct mkr_map *map, const struct mkr_load **gone)
{
	*gone = NULL;
	for (size_t i = 0; i < map->n; i++) {
		const struct mkr_load *l = &map->load[i];
		if ((l->opened || i == map->opened) && !l->path && !l->optional)
			*gone = l;
	}
	return *gone == NULL;
}

/* Tries one name. *out is the process behind it; *found: it is there. */
static int try_open(struct mkr_closure *c, const struct wish *w, const char *name,
	const struct mkr_map **out, bool *found, struct mkr_error *err)
{
	int r = mkr_loader_dlopen(c->loader, w->map, w->by, name, w->alone, out, err);
	*found = r == 0 && ((*out)->opened == SIZE_MAX || (*out)->load[(*out)->opened].path);
	return r;
}

/* Takes what an opening led to; what the new ones open in turn comes along. */
static int take(struct mkr_closure *c, const struct wish *w, const struct mkr_map *map,
	bool required, struct mkr_error *err)
{
	const struct mkr_load *gone;
	if (!required && !is_whole(map, &gone)) {
		/* The program does without it, as it would where it is not installed. */
		closure_warn(c,
			arena_printf(c->arena, "%s, %s, is left out: %s %s",
				map->load[map->opened].path, w->reason.because, gone->name,
				gone->refused ? gone->refused : "is not found"));
		return 0;
	}
	int r = closure_add_map(c, map, &w->reason, err);
	if (r == 0 && required)
		r = closure_check(c, map, err);
	return r < 0 ? r : closure_opened(c, map, err);
}

/* What an object opens by itself is on the account of the set that brought the object, or of
 * "dlopen". */
static int open_by_itself(struct mkr_closure *c, const struct wish *w, const struct mkr_map *map,
	bool required, struct mkr_error *err)
{
	const char *before = c->set;
	if (!before)
		c->set = "dlopen";
	int r = take(c, w, map, required, err);
	c->set = before;
	return r;
}

static const char *join(struct mkr_closure *c, const char *const *names)
{
	const char *text = names[0];
	for (size_t i = 1; names[i]; i++)
		text = arena_printf(c->arena, "%s or %s", text, names[i]);
	return text;
}

/* " (bzip2: Compression)", as far as the note says. */
static const char *feature_of(struct mkr_closure *c, const struct mkr_dlopen *e)
{
	if (!e->feature && !e->description)
		return "";
	return arena_printf(c->arena, " (%s%s%s)", e->feature ? e->feature : "",
		e->feature && e->description ? ": " : "", e->description ? e->description : "");
}

/* One entry of a note: the first name that is there. */
static int add_entry(
	struct mkr_closure *c, struct wish *w, const struct mkr_dlopen *e, struct mkr_error *err)
{
	const char *by = w->map->load[w->by].path, *feature = feature_of(c, e);
	bool required = e->priority == MKR_DLOPEN_REQUIRED;
	if (e->priority == MKR_DLOPEN_SUGGESTED) {
		closure_note(c,
			arena_printf(c->arena, "%s may open %s%s, only suggested: not taken", by,
				join(c, e->sonames), feature));
		return 0;
	}
	w->reason.why = MKR_WHY_DLOPEN;
	w->reason.because = arena_printf(c->arena, "opened by %s%s", by, feature);
	const struct mkr_map *map = NULL, *first = NULL;
	for (const char *const *name = e->sonames; *name; name++) {
		bool found;
		int r = try_open(c, w, *name, &map, &found, err);
		if (r < 0)
			return r;
		if (found)
			return open_by_itself(c, w, map, required, err);
		first = first ? first : map;
	}
	if (required)
		closure_add_missing(c,
			(struct mkr_missing){ .name = e->sonames[0],
				.program = w->map->program,
				.map = first,
				.load = first->opened });
	else
		closure_note(c,
			arena_printf(c->arena, "%s opens %s%s when it is there: it is not", by,
				join(c, e->sonames), feature));
	return 0;
}

/* sysdeps/nptl/libc_start_call_main.h and nptl/unwind.c: a thread that is cancelled or that exits
 * is unwound, by libgcc_s.so.1, which libc opens ("must be installed for pthread_cancel to work").
 */
static const char *unwinding_import(const struct mkr_elf_detail *d)
{
	static const char *const names[] = { "pthread_cancel", "pthread_exit", "thrd_exit" };
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (mkr_elf_imports(d, names[i]))
			return names[i];
	return NULL;
}

static size_t find_libc(const struct mkr_map *map)
{
	for (size_t i = 1; i < map->n; i++) {
		const struct mkr_elf *elf = map->load[i].elf;
		if (elf && elf->soname && strncmp(elf->soname, "libc.so.", 8) == 0)
			return i;
	}
	return SIZE_MAX;
}

static int add_unwinder(
	struct mkr_closure *c, struct wish *w, const char *import, struct mkr_error *err)
{
	const char *by = w->map->load[w->by].path;
	w->by = find_libc(w->map);
	if (w->by == SIZE_MAX || strcmp(w->map->libc, "glibc") != 0)
		return 0;
	w->reason.why = MKR_WHY_DLOPEN;
	w->reason.because = arena_printf(c->arena, "opened by libc when %s calls %s", by, import);
	const struct mkr_map *map;
	bool found;
	int r = try_open(c, w, "libgcc_s.so.1", &map, &found, err);
	if (r < 0 || found)
		return r < 0 ? r : open_by_itself(c, w, map, false, err);
	closure_warn(c,
		arena_printf(c->arena,
			"%s calls %s, which ends the program without libgcc_s.so.1: not found", by,
			import));
	return 0;
}

/* The audit interface of the program alone: DT_DEPAUDIT of libraries is nobody's (elf/rtld.c). */
static int add_audits(
	struct mkr_closure *c, const struct mkr_map *map, const char *list, struct mkr_error *err)
{
	struct str rest = str_from(list ? list : ""), part;
	while (str_split(&rest, ":", &part)) {
		if (part.n == 0)
			continue;
		struct wish w = { map, SIZE_MAX, true, { MKR_WHY_AUDIT } };
		w.reason.because = arena_printf(c->arena, "audits %s", map->program);
		const char *name = arena_dup_str(c->arena, part);
		const struct mkr_map *opened;
		bool found;
		int r = try_open(c, &w, name, &opened, &found, err);
		if (r == 0 && found)
			r = take(c, &w, opened, false, err);
		else if (r == 0)
			closure_warn(c,
				arena_printf(c->arena,
					"%s is not found, which %s wants to be audited by", name,
					map->program));
		if (r < 0)
			return r;
	}
	return 0;
}

/* One load's own wishes. */
static int add_wishes(
	struct mkr_closure *c, const struct mkr_map *map, size_t i, struct mkr_error *err)
{
	const struct mkr_load *l = &map->load[i];
	const struct mkr_elf_detail *d = mkr_loader_detail(
		c->loader, l, MKR_DETAIL_VERSIONS | MKR_DETAIL_NOTES | MKR_DETAIL_IMPORTS);
	if (d->bad_notes)
		closure_warn(c, arena_printf(c->arena, "%s: %s", l->path, d->bad_notes));
	int r = 0;
	for (size_t k = 0; k < d->n_dlopens && r == 0; k++) {
		struct wish w = { .map = map, .by = i };
		r = add_entry(c, &w, &d->dlopens[k], err);
	}
	const char *import = r == 0 ? unwinding_import(d) : NULL;
	if (import) {
		struct wish w = { .map = map, .by = i };
		r = add_unwinder(c, &w, import, err);
	}
	return r;
}

int closure_opened(struct mkr_closure *c, const struct mkr_map *map, struct mkr_error *err)
{
	const struct mkr_elf *program = map->load[0].elf;
	bool start = !map->opening && map->libc && strcmp(map->libc, "glibc") == 0;
	int r = start ? add_audits(c, map, program->audit, err) : 0;
	if (r == 0 && start)
		r = add_audits(c, map, program->depaudit, err);
	bool on = rules_on(c->rules, "dlopen");
	for (size_t i = 0; i < map->n && r == 0 && on && !map->is_static; i++) {
		const struct mkr_load *l = &map->load[i];
		if (!l->path || (map->opening && !l->opened))
			continue;
		/* Once a process, whichever opening brought it. */
		const char *key = arena_printf(c->arena, "%s\n%s\n%s", map->program,
			map->hwcaps ? map->hwcaps : "", l->path);
		if (set_add(&c->asked, c->arena, key))
			r = add_wishes(c, map, i, err);
	}
	return r;
}

int closure_open_library(struct mkr_closure *c, const struct mkr_map *map, size_t by,
	const char *name, const struct reason *reason, bool *found, struct mkr_error *err)
{
	struct wish w = { .map = map, .by = by, .reason = *reason };
	const struct mkr_map *opened;
	int r = try_open(c, &w, name, &opened, found, err);
	return r == 0 && *found ? take(c, &w, opened, false, err) : r;
}
