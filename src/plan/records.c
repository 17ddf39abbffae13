#include "plan/records.h"

#include "base/str.h"
#include "plan/owners.h"
#include "plan/record_merge.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { NAME_BYTES_MAX = 200 };

void record_warn(struct records *r, const char *fmt, ...)
{
	char text[MKR_ERROR_TEXT];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	vec_push(r->warnings, arena_dup(r->maker->arena, text));
}

void record_count(struct several *s, const char *text)
{
	if (s->n++ == 0)
		s->first = text;
}

/* deb-src-control(5) and the like, and what scanners find a name to end with. */
bool record_is_name(const char *name)
{
	struct str text = str_from(name);
	if (text.n == 0 || text.n > NAME_BYTES_MAX || str_ends(text, STR(".md5sums")))
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (!isalnum((unsigned char)name[i]) && (i == 0 || !strchr("+-._~:", name[i])))
			return false;
	return true;
}

void record_file(struct records *r, const char *folder, const char *name, struct str text,
	const struct mkr_origin *origin, int64_t mtime)
{
	struct maker *m = r->maker;
	const char *path = maker_way(m, arena_printf(m->arena, "%s/%s", folder, name));
	if (!path) {
		record_count(&r->blocked, arena_printf(m->arena, "%s/%s", folder, name));
		return;
	}
	if (mkr_entry_find(m->entries, m->n, path) || !set_add(&r->made, m->arena, path)) {
		record_count(&r->kept, path);
		return;
	}
	if (mkr_closure_excludes(r->closure, path))
		return;
	struct mkr_entry e = maker_entry(
		m, path, S_IFREG | 0644, MKR_WHY_MADE, "made: tells scanners who ships what");
	text = record_merge(m->arena, m->policy->target, path, text);
	e.data = text.n ? text.p : "";
	e.size = text.n;
	e.package = origin;
	e.mtime = mtime;
	vec_push(m->made, e);
}

static struct owned *owned_of(struct records *r, const struct mkr_package *p)
{
	struct owned *o;
	HASH_FIND_PTR(r->by_package, &p, o);
	if (o)
		return o;
	o = arena_new_of(r->maker->arena, struct owned);
	o->package = p;
	o->first = o->last = r->maker->n;
	HASH_ADD_PTR(r->by_package, package, o);
	return o;
}

/* Files make a record's time, and links only where there are no files. */
static void see(struct records *r, struct owned *o, size_t i)
{
	const struct mkr_entry *e = &r->maker->entries[i];
	bool file = S_ISREG(e->mode), base = e->package && e->package->base;
	if (o->first == r->maker->n)
		o->first = i;
	else
		r->next[o->last] = i;
	o->last = i;
	r->of[i] = o;
	if ((file && !o->has_file) || (file == o->has_file && e->mtime > o->newest))
		o->newest = e->mtime;
	o->has_file = o->has_file || file;
	o->has_own = o->has_own || !owners_is_common(e);
	if (e->mtime > r->newest)
		r->newest = e->mtime;
	if (!base && e->package)
		o->origin = e->package;
	if (!base || !file)
		return;
	if (!o->base || e->mtime > o->newest_base)
		o->newest_base = e->mtime;
	o->base = e->package;
}

static int by_name(const void *a, const void *b)
{
	const struct mkr_package *x = (*(const struct owned *const *)a)->package;
	const struct mkr_package *y = (*(const struct owned *const *)b)->package;
	int c = strcmp(x->name, y->name);
	c = c ? c : strcmp(x->arch ? x->arch : "", y->arch ? y->arch : "");
	return c ? c : (x > y) - (x < y); /* as the database has them */
}

static void collect(struct records *r)
{
	struct maker *m = r->maker;
	r->of = arena_array(m->arena, struct owned *, m->n + 1);
	r->next = arena_array(m->arena, size_t, m->n + 1);
	for (size_t i = 0; i < m->n; i++) {
		const struct mkr_entry *e = &m->entries[i];
		r->next[i] = m->n;
		if (!(S_ISREG(e->mode) || S_ISLNK(e->mode)) || !owners_in_place(e))
			continue;
		const struct mkr_package *p =
			mkr_packages_owner(r->packages, arena_printf(m->arena, "/%s", e->path));
		if (p)
			see(r, owned_of(r, p), i);
	}
	r->all = arena_array(m->arena, struct owned *, HASH_COUNT(r->by_package) + 1);
	for (struct owned *o = r->by_package; o; o = o->hh.next)
		if (o->has_own)
			r->all[r->n++] = o;
	if (r->n)
		qsort(r->all, r->n, sizeof(*r->all), by_name);
}

/* The whole database comes along, because somebody wants it to: scanners read that. */
static bool has_database(const struct records *r)
{
	const char *file = mkr_packages_file(r->packages);
	const struct mkr_entry *e = file && mkr_packages_format(r->packages) != MKR_PACKAGES_APK
		? mkr_entry_find(r->maker->entries, r->maker->n, file + 1)
		: NULL;
	return e && S_ISREG(e->mode);
}

static bool is_told(const struct mkr_closure *c, const char *warning)
{
	const char *const *text = mkr_closure_warnings(c);
	while (*text && strcmp(*text, warning) != 0)
		text++;
	return *text;
}

/* Without os-release no scanner knows whose packages these are. */
static void check_system(struct records *r)
{
	const struct maker *m = r->maker;
	static const char *const files[] = { "etc/os-release", "usr/lib/os-release" };
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (mkr_entry_find(m->entries, m->n, files[i]) ||
			mkr_closure_excludes(r->closure, files[i]))
			return;
	record_warn(r, "there is no /etc/os-release: without it scanners do not know the packages");
}

static const char *more(const struct records *r, const struct several *s)
{
	return s->n > 1 ? arena_printf(r->maker->arena, " (and %zu more)", s->n - 1) : "";
}

static void warn(struct records *r)
{
	const char *broken;
	while ((broken = mkr_packages_warning(r->packages)))
		if (!is_told(r->closure, broken))
			record_warn(r, "%s", broken);
	if (r->n)
		check_system(r);
	if (r->blocked.n)
		record_warn(r, "no place for '/%s'%s: something is in the way", r->blocked.first,
			more(r, &r->blocked));
	if (r->unnamed.n)
		record_warn(r, "package '%s'%s is not recorded: that is no package's name",
			r->unnamed.first, more(r, &r->unnamed));
	if (r->kept.n)
		record_warn(r, "'/%s'%s is there already, and stays as it is", r->kept.first,
			more(r, &r->kept));
}

static int record(struct records *r, struct mkr_error *err)
{
	switch (mkr_packages_format(r->packages)) {
	case MKR_PACKAGES_DPKG:
		return record_dpkg(r, err);
	case MKR_PACKAGES_RPM:
		record_rpm(r);
		return 0;
	case MKR_PACKAGES_APK:
		record_apk(r);
		return 0;
	case MKR_PACKAGES_PACMAN:
		record_pacman(r);
		return 0;
	case MKR_PACKAGES_NONE:
		break;
	}
	return 0;
}

int records_add(struct maker *m, const struct mkr_closure *c, int64_t newest, text_vec *warnings,
	struct mkr_error *err)
{
	struct records r = {
		.maker = m, .closure = c, .packages = mkr_closure_packages(c), .warnings = warnings
	};
	size_t before = m->made->n;
	collect(&r);
	int code = r.n == 0 || has_database(&r) ? 0 : record(&r, err);
	for (size_t i = before; i < m->made->n; i++) {
		struct mkr_entry *e = &m->made->at[i];
		e->set = "packages";
		if (S_ISDIR(e->mode))
			e->mtime = newest;
	}
	warn(&r);
	HASH_CLEAR(hh, r.by_package);
	set_clear(&r.made);
	return code;
}
