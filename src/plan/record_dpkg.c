/* dpkg's packages as distroless images have them (its PACKAGE_METADATA.md): status.d/NAME is the
 * package's paragraph, status.d/NAME.md5sums its files with their sums. Trivy's
 * pkg/fanal/analyzer/pkg/dpkg and Syft's pkg/cataloger/debian look for just these. */
#include "plan/md5.h"
#include "plan/records.h"

#include "base/map.h"
#include "base/str.h"
#include "base/text.h"

#include <string.h>
#include <sys/stat.h>

#define FOLDER "var/lib/dpkg/status.d"

struct changed {
	const struct mkr_entry *first;
	const struct owned *by;
	size_t n;
};

/* What dpkg keeps of the host: configuration files as they were shipped, and what is still to do.
 */
static bool is_hosts(struct str name)
{
	static const char *const fields[] = { "Conffiles", "Config-Version", "Triggers-Awaited",
		"Triggers-Pending", "Status-Abbrev" };
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (str_eq(name, str_from(fields[i])))
			return true;
	return false;
}

/* A line of a field's that stays; *in says whether the field does. "hold ok installed" is what
 * somebody wants of the host. */
static struct str kept_line(struct str line, bool *in)
{
	bool further = line.p[0] == ' ' || line.p[0] == '\t';
	const char *colon = memchr(line.p, ':', line.n);
	struct str name = { line.p, colon ? (size_t)(colon - line.p) : 0 };
	if (!further)
		*in = name.n && !is_hosts(name);
	if (!*in || memchr(line.p, '\0', line.n) || str_trim(line).n == 0)
		return STR("");
	if (further || !str_eq(name, STR("Status")))
		return line;
	return STR("Status: install ok installed");
}

struct str record_paragraph(struct arena *a, struct str text)
{
	const size_t status = strlen("Status: install ok installed\n");
	char *out = arena_alloc(a, text.n + status + 1), *end = out;
	bool in = false, had_status = false;
	while (text.n) {
		struct str line = str_line(&text);
		if (line.n == 0 && end > out)
			break;
		struct str kept = line.n ? kept_line(line, &in) : STR("");
		bool is_status = kept.n && kept.p != line.p;
		if (kept.n == 0 || (is_status && had_status))
			continue;
		had_status = had_status || is_status;
		end = mempcpy(end, kept.p, kept.n);
		if (line.p[0] == '\t' && kept.p == line.p)
			end[-(ptrdiff_t)kept.n] = ' '; /* Syft knows blanks alone */
		*end++ = '\n';
	}
	return (struct str){ out, (size_t)(end - out) };
}

/* Of packages with one name the system's own architecture comes first; which that is, is that of
 * dpkg itself. All that the database has count, so that each image of a machine has the same name.
 */
static bool comes_first(struct records *r, const struct mkr_package *p, const struct mkr_package *q)
{
	const struct mkr_package *dpkg = mkr_packages_named(r->packages, "dpkg");
	const char *own = dpkg && dpkg->arch ? dpkg->arch : "";
	const char *x = p->arch ? p->arch : "", *y = q->arch ? q->arch : "";
	if (strcmp(x, y) == 0)
		return p < q;
	if (strcmp(x, own) == 0 || strcmp(y, own) == 0)
		return strcmp(x, own) == 0;
	return strcmp(x, y) < 0;
}

/* Which package of a name has it for its own. */
struct plain {
	const char *name;
	const struct mkr_package *package;
	UT_hash_handle hh;
};

static struct plain *find_plain(struct plain *table, const char *name)
{
	struct plain *found;
	HASH_FIND_STR(table, name, found);
	return found;
}

/* For the names of those that are there; one pass over a database that may have a million. */
static struct plain *read_plain(struct records *r)
{
	struct plain *table = NULL, *found;
	const struct mkr_package *p;
	for (size_t i = 0; i < r->n; i++) {
		p = r->all[i]->package;
		if (find_plain(table, p->name))
			continue;
		found = arena_new_of(r->maker->arena, struct plain);
		*found = (struct plain){ .name = p->name, .package = p };
		HASH_ADD_KEYPTR(hh, table, found->name, strlen(found->name), found);
	}
	for (size_t i = 0; (p = mkr_packages_at(r->packages, i)); i++) {
		found = find_plain(table, p->name);
		if (found && found->package != p && comes_first(r, p, found->package))
			found->package = p;
	}
	return table;
}

/* NULL: it can have none. */
static const char *file_name(struct records *r, struct plain *table, const struct mkr_package *p)
{
	const char *name = find_plain(table, p->name)->package == p
		? p->name
		: arena_printf(r->maker->arena, "%s:%s", p->name, p->arch ? p->arch : "");
	return record_is_name(p->name) && !strchr(p->name, ':') && record_is_name(name) ? name
											: NULL;
}

/* Is the file that of the package? Of configuration files, which are there to be changed, the
 * database has no sum. */
static void compare(
	struct records *r, struct changed *c, const struct owned *o, const struct md5_sum *sum)
{
	const char *path = arena_printf(r->maker->arena, "/%s", sum->entry->path);
	const char *shipped = mkr_packages_sum(r->packages, o->package, path);
	if (!shipped || strcmp(shipped, sum->digits) == 0)
		return;
	if (c->n++ == 0) {
		c->first = sum->entry;
		c->by = o;
	}
}

/* By entry; without an entry: it is no file of a package's. */
static int read_sums(struct records *r, struct md5_sum **out, struct mkr_error *err)
{
	const struct maker *m = r->maker;
	struct md5_sum *sums = arena_array(m->arena, struct md5_sum, m->n + 1);
	size_t *at = arena_array(m->arena, size_t, m->n + 1), n = 0;
	*out = arena_array(m->arena, struct md5_sum, m->n + 1);
	for (size_t i = 0; i < m->n; i++) {
		if (!r->of[i] || !S_ISREG(m->entries[i].mode))
			continue;
		sums[n].entry = &m->entries[i];
		at[n++] = i;
	}
	int code = md5_of_entries(sums, n, err);
	for (size_t i = 0; i < n; i++)
		(*out)[at[i]] = sums[i];
	return code;
}

/* What of the C library is in every image is in the first layer, the same in all of them; the list
 * is not. */
static void add_sums(struct records *r, const struct owned *o, const char *name,
	const struct md5_sum *sums, struct changed *c)
{
	struct arena *a = r->maker->arena;
	struct text text = { 0 };
	for (size_t i = o->first; i < r->maker->n; i = r->next[i]) {
		if (!sums[i].entry)
			continue;
		compare(r, c, o, &sums[i]);
		const char *line = arena_printf(a, "%s  %s\n", sums[i].digits, sums[i].entry->path);
		text_add(&text, str_from(line));
	}
	struct str all = text_take(&text, a);
	record_file(r, FOLDER, arena_printf(a, "%s.md5sums", name), all, o->base ? NULL : o->origin,
		o->newest);
}

int record_dpkg(struct records *r, struct mkr_error *err)
{
	struct changed changed = { 0 };
	struct md5_sum *sums;
	struct plain *plain = read_plain(r);
	int code = read_sums(r, &sums, err);
	for (size_t i = 0; i < r->n && code == 0; i++) {
		const struct owned *o = r->all[i];
		const struct mkr_package *p = o->package;
		const char *name = file_name(r, plain, p);
		if (!name) {
			record_count(&r->unnamed, p->name);
			continue;
		}
		record_file(r, FOLDER, name,
			record_paragraph(r->maker->arena, (struct str){ p->text, p->text_size }),
			o->base ? o->base : o->origin, o->base ? o->newest_base : o->newest);
		add_sums(r, o, name, sums, &changed);
	}
	HASH_CLEAR(hh, plain);
	if (changed.n > 1)
		record_warn(r,
			"'/%s' (of package '%s') and %zu more file%s are not as they were shipped",
			changed.first->path, changed.by->package->name, changed.n - 1,
			changed.n == 2 ? "" : "s");
	else if (changed.n)
		record_warn(r, "'/%s' is not as package '%s' shipped it", changed.first->path,
			changed.by->package->name);
	return code;
}
