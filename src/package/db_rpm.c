/* rpm's database: a header of each package, in a file of SQLite's since rpm 4.16. */
#include "package/db.h"

#include "base/cleanup.h"
#include "base/text.h"
#include "os/root.h"
#include "package/rpm_header.h"
#include "package/rpm_line.h"
#include "package/rpm_sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

enum { LIST_MAX = 32 << 20, ALL_MAX = 512 << 20, PACKAGES_MAX = 100000, FOLDERS_MAX = 1 << 20 };
static const uint64_t bytes_max = UINT64_C(4) << 30; /* of all headers */

/* A read of the database under way. */
struct reading {
	struct db *db;
	size_t n, broken;
	uint64_t bytes;
	bool full;
};

static const char *text_of(struct db *db, const struct rpm_header *h, enum rpm_tag tag)
{
	struct str text = rpm_header_string(h, tag);
	return text.n ? arena_dup_str(db->arena, text) : NULL;
}

static bool is_word(struct str s, const char *words)
{
	struct str rest = str_from(words), word;
	while (str_split(&rest, " ", &word))
		if (str_eq(word, s))
			return true;
	return false;
}

/* The names in "(a or b)" and "(a >= 1 if b)" (rpm's docs/manual/boolean_dependencies.md), all
 * before the condition; what is not in brackets is one name, "libc.so.6(GLIBC_2.34)(64bit)" too. */
static void add_names(struct text *out, struct str dep)
{
	struct str word;
	bool rich = dep.n && dep.p[0] == '(', version = false;
	while (str_split(&dep, " ", &word)) {
		while (rich && word.n && word.p[0] == '(')
			word = str_skip(word, 1);
		while (rich && str_ends(word, STR(")")) && !memchr(word.p, '(', word.n))
			word.n--;
		if (rich && is_word(word, "if unless"))
			return;
		bool sign = rich && is_word(word, "< <= = >= >");
		bool name = word.n && !version && !sign &&
			!(rich && is_word(word, "and or with without else")) &&
			!str_starts(word, STR("rpmlib("));
		version = sign;
		if (!name)
			continue;
		if (out->n)
			text_add(out, STR(" "));
		text_add(out, word);
	}
}

static const char *names_of(struct db *db, const struct rpm_header *h, enum rpm_tag tag)
{
	struct rpm_strings all = rpm_header_strings(h, tag);
	struct str one;
	struct text names = { 0 };
	while (rpm_strings_next(&all, &one) && names.n < LIST_MAX)
		add_names(&names, one);
	return text_take(&names, db->arena).p;
}

/* Lists have a line for each. */
static bool is_path(struct str s)
{
	return s.n && s.p[0] == '/' && !memchr(s.p, '\n', s.n);
}

/* Paths are a folder's number and a name each; packages from before rpm 4 have them whole. */
static struct str files_of(struct db *db, const struct rpm_header *h)
{
	struct rpm_strings dirs = rpm_header_strings(h, RPM_DIRNAMES);
	struct rpm_strings bases = rpm_header_strings(h, RPM_BASENAMES);
	struct rpm_strings whole = rpm_header_strings(h, RPM_OLDFILENAMES);
	struct rpm_ints at = rpm_header_ints(h, RPM_DIRINDEXES);
	struct str one;
	struct text files = { 0 };
	size_t n_folders = dirs.left < FOLDERS_MAX ? dirs.left : FOLDERS_MAX;
	cleanup_free struct str *folders = calloc(n_folders + 1, sizeof(*folders));
	if (!folders)
		out_of_memory();
	for (size_t i = 0; i < n_folders && rpm_strings_next(&dirs, &one); i++)
		folders[i] = is_path(one) ? one : STR("");
	for (size_t i = 0; i < at.n && rpm_strings_next(&bases, &one); i++) {
		uint32_t folder = rpm_ints_at(&at, i);
		if (folder >= n_folders || !folders[folder].n || memchr(one.p, '\n', one.n) ||
			files.n + folders[folder].n + one.n > LIST_MAX)
			continue;
		text_add(&files, folders[folder]);
		text_add(&files, one);
		text_add(&files, STR("\n"));
	}
	while (rpm_strings_next(&whole, &one) && files.n + one.n < LIST_MAX) {
		if (!is_path(one))
			continue;
		text_add(&files, one);
		text_add(&files, STR("\n"));
	}
	return text_take(&files, db->arena);
}

/* "bash-5.2.15-3.fc38.src.rpm": a name may have dashes, the two parts behind it have none. */
static void read_source(struct db *db, struct package *p, struct str rpm)
{
	size_t n = rpm.n;
	for (int dashes = 0; n && dashes < 2; n -= dashes < 2)
		dashes += rpm.p[n - 1] == '-';
	if (!n)
		return;
	struct str version = str_skip(rpm, n);
	p->source = arena_dup_str(db->arena, (struct str){ rpm.p, n - 1 });
	if (str_ends(version, STR(".src.rpm")))
		version.n -= strlen(".src.rpm");
	p->source_version = arena_dup_str(db->arena, version);
}

/* "1:2.3-4", as %{EVR} is. */
static const char *version_of(struct db *db, const struct rpm_header *h)
{
	struct rpm_ints epoch = rpm_header_ints(h, RPM_EPOCH);
	struct str version = rpm_header_string(h, RPM_VERSION);
	struct str release = rpm_header_string(h, RPM_RELEASE);
	const char *two = arena_printf(
		db->arena, "%.*s-%.*s", (int)version.n, version.p, (int)release.n, release.p);
	return epoch.n ? arena_printf(db->arena, "%u:%s", rpm_ints_at(&epoch, 0), two) : two;
}

static void read_facts(struct db *db, struct package *p, const struct rpm_header *h)
{
	p->version = version_of(db, h);
	p->arch = text_of(db, h, RPM_ARCH);
	p->license = text_of(db, h, RPM_LICENSE);
	p->maintainer = text_of(db, h, RPM_PACKAGER);
	if (!p->maintainer)
		p->maintainer = text_of(db, h, RPM_VENDOR);
	read_source(db, p, rpm_header_string(h, RPM_SOURCERPM));
}

bool db_rpm_header(struct db *db, struct str blob)
{
	struct rpm_header h;
	if (!rpm_header_open(&h, blob))
		return false;
	struct str name = rpm_header_string(&h, RPM_NAME);
	if (!name.n)
		return false;
	/* A key that was imported is a package without files. */
	if (str_eq(name, STR("gpg-pubkey")))
		return true;
	struct record record = { 0 };
	struct package *p = &record.package;
	p->name = arena_dup_str(db->arena, name);
	p->depends = names_of(db, &h, RPM_REQUIRENAME);
	p->recommends = names_of(db, &h, RPM_RECOMMENDNAME);
	p->suggests = names_of(db, &h, RPM_SUGGESTNAME);
	p->provides = names_of(db, &h, RPM_PROVIDENAME);
	read_facts(db, p, &h);
	p->text = rpm_line(db->arena, &h);
	record.files = files_of(db, &h);
	db->add(db->ctx, &record);
	return true;
}

/* Rows of a hostile database may share their pages: each header counts, whatever becomes of it. */
static bool read_header(void *ctx, struct str blob)
{
	struct reading *r = ctx;
	r->bytes += blob.n;
	r->full =
		r->n == PACKAGES_MAX || r->bytes > bytes_max || arena_used(r->db->arena) > ALL_MAX;
	if (r->full)
		return false;
	r->n++;
	if (!db_rpm_header(r->db, blob))
		r->broken++;
	return true;
}

static bool read_sqlite(struct db *db, const char *path)
{
	struct stat st;
	struct reading r = { .db = db };
	cleanup_fd int fd = root_open_file(db->root, path, &st);
	if (fd == -ENOENT || fd == -ENOTDIR)
		return false;
	db->file = path;
	if (fd < 0) {
		db_warn(db, path, "cannot be read (%s)",
			fd == -EINVAL ? "not a regular file" : strerror(-fd));
		return true;
	}
	const char *why = rpm_sqlite_read(fd, read_header, &r);
	if (why)
		db_warn(db, path, "cannot be read (%s)", why);
	if (r.broken)
		db_warn(db, path, "has %zu of %zu packages that cannot be read", r.broken, r.n);
	if (r.full)
		db_warn(db, path, "is too big and not read to its end");
	return true;
}

/* rpm folds the log into the database when the last who has it open is done. */
static void check_log(struct db *db, const char *path)
{
	struct stat st;
	cleanup_fd int fd = root_open_file(db->root, path, &st);
	if (fd >= 0 && st.st_size > 0)
		db_warn(db, path, "holds changes that are not read");
}

static void check_old(struct db *db, const char *path, const char *format)
{
	cleanup_fd int fd = root_open(db->root, path, O_PATH);
	if (fd >= 0)
		db_warn(db, path, "is of rpm's %s format, which is not read", format);
}

void db_rpm(struct db *db)
{
	if (read_sqlite(db, "/usr/lib/sysimage/rpm/rpmdb.sqlite"))
		check_log(db, "/usr/lib/sysimage/rpm/rpmdb.sqlite-wal");
	else if (read_sqlite(db, "/var/lib/rpm/rpmdb.sqlite"))
		check_log(db, "/var/lib/rpm/rpmdb.sqlite-wal");
	else {
		check_old(db, "/usr/lib/sysimage/rpm/Packages.db", "ndb");
		check_old(db, "/var/lib/rpm/Packages.db", "ndb");
		check_old(db, "/var/lib/rpm/Packages", "Berkeley DB");
	}
}
