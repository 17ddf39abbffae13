#include "test.h"

#include "package/package.h"

#include <mkroot/packages.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A root of the files that a test writes, below a folder that goes with it. */
struct fixture {
	char dir[32];
	struct mkr_root *root;
	struct packages *p;
};

static void put(struct fixture *f, const char *path, const char *text)
{
	char whole[512];
	snprintf(whole, sizeof(whole), "%s/%s", f->dir, path);
	for (char *slash = strchr(whole + sizeof("/tmp/x"), '/'); slash;
		slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(whole, 0755);
		*slash = '/';
	}
	FILE *file = fopen(whole, "w");
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static int make(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	memcpy(f->dir, "/tmp/package-XXXXXX", sizeof("/tmp/package-XXXXXX"));
	*state = f;
	return mkdtemp(f->dir) && mkr_root_open(&f->root, f->dir, NULL) == 0 ? 0 : -1;
}

static int unmake(void **state)
{
	struct fixture *f = *state;
	char command[64];
	packages_free(f->p);
	mkr_root_free(f->root);
	snprintf(command, sizeof(command), "rm -rf %s", f->dir);
	free(f);
	*state = NULL;
	FILE *rm = popen(command, "r"); /* NOLINT: the tests' own folder */
	return rm && pclose(rm) == 0 ? 0 : -1;
}

static void open_packages(struct fixture *f)
{
	f->p = packages_open(f->root);
	assert_null(packages_warning(f->p));
}

/* The database has exactly one thing wrong, and the warning starts with this. */
static void warns(struct fixture *f, const char *begin)
{
	f->p = packages_open(f->root);
	const char *warning = packages_warning(f->p);
	assert_non_null(warning);
	assert_memory_equal(warning, begin, strlen(begin));
	assert_non_null(strstr(warning, "add it with -i"));
	assert_null(packages_warning(f->p));
}

static const char *owner(struct fixture *f, const char *path)
{
	const struct package *p = packages_owner(f->p, path);
	return p ? p->name : "-";
}

static void dpkg_says_who_ships_a_file(void **state)
{
	struct fixture *f = *state;
	put(f, "var/lib/dpkg/status",
		"Package: ed\nStatus: install ok installed\nArchitecture: amd64\n"
		"Depends: libc6 (>= 2.34), editor-base:any | nano, x\nSource: ed-src (1.2)\n\n"
		"Package: gone\nStatus: deinstall ok config-files\n\n"
		"Package: libc6\nArchitecture: amd64\nMulti-Arch: same\n"
		"Status: install ok installed\nDescription: x\n long\n\n"
		"Package: base\nStatus: install ok installed\nProvides: editor-base (= 1)\n"
		"Pre-Depends: data\n\n"
		"Package: data\nStatus: install ok installed\n\n");
	put(f, "var/lib/dpkg/info/ed.list",
		"/.\n/bin\n/bin/ed\n/usr\n/usr/share/ed\n/usr/share/ed/a b");
	put(f, "var/lib/dpkg/info/gone.list", "/etc/gone\n");
	put(f, "var/lib/dpkg/info/base.list", "/.\n");
	put(f, "var/lib/dpkg/info/data.list", "");
	put(f, "var/lib/dpkg/info/libc6:amd64.list", "/lib/libc.so.6\n/usr/lib/gconv/A.so\n");
	open_packages(f);
	assert_int_equal(packages_count(f->p), 4);
	assert_string_equal(owner(f, "/usr/bin/ed"), "ed");
	assert_string_equal(owner(f, "/bin/ed"), "ed");
	assert_string_equal(owner(f, "/usr/lib/libc.so.6"), "libc6");
	assert_string_equal(owner(f, "/lib/gconv/A.so"), "libc6");
	assert_string_equal(owner(f, "/usr/share/ed/a b"), "ed");
	assert_string_equal(owner(f, "/usr/share/ed/a"), "-");
	assert_string_equal(owner(f, "/etc/gone"), "-");
	const struct package *ed = packages_named(f->p, "ed");
	assert_string_equal(ed->source, "ed-src");
	assert_true(package_lists(ed->depends, "nano") && package_lists(ed->depends, "x"));
	assert_false(package_lists(ed->depends, "2.34)"));
	const struct package *data = packages_named(f->p, "data");
	assert_string_equal(packages_named(f->p, "editor-base")->name, "base");
	assert_true(packages_depends(f->p, ed, data));
	assert_false(packages_depends(f->p, data, ed));
	struct str path;
	size_t at = 0, n = 0;
	while (packages_next_file(f->p, ed, &at, &path))
		n++;
	assert_int_equal(n, 5);
}

static void apk_says_who_ships_a_file(void **state)
{
	struct fixture *f = *state;
	put(f, "lib/apk/db/installed",
		"C:Q1x=\nP:less\nV:1\no:less-src\nD:so:libc.musl-x86_64.so.1 tty>=2 !conflict\n"
		"F:\nF:usr\nF:usr/bin\nR:less\na:0:0:755\nR:lesskey\n\n"
		"P:musl\np:so:libc.musl-x86_64.so.1=1\nF:lib\nR:ld-musl-x86_64.so.1\n\n");
	open_packages(f);
	assert_string_equal(owner(f, "/usr/bin/lesskey"), "less");
	assert_string_equal(owner(f, "/lib/ld-musl-x86_64.so.1"), "musl");
	const struct package *less = packages_named(f->p, "less");
	assert_string_equal(less->depends, "so:libc.musl-x86_64.so.1 tty");
	assert_true(packages_depends(f->p, less, packages_named(f->p, "musl")));
}

static void pacman_says_who_ships_a_file(void **state)
{
	struct fixture *f = *state;
	put(f, "var/lib/pacman/local/ALPM_DB_VERSION", "9\n");
	put(f, "var/lib/pacman/local/nano-7-1/desc",
		"%NAME%\nnano\n\n%VERSION%\n7-1\n\n%DEPENDS%\nncurses>=6\nfile\n");
	put(f, "var/lib/pacman/local/nano-7-1/files",
		"%FILES%\nusr/\nusr/bin/\nusr/bin/nano\n\n%BACKUP%\netc/nanorc\tabc\n");
	open_packages(f);
	assert_int_equal(packages_count(f->p), 1);
	assert_string_equal(owner(f, "/usr/bin/nano"), "nano");
	assert_string_equal(packages_named(f->p, "nano")->depends, "ncurses file");
}

static const char *sum(struct fixture *f, const char *package, const char *path)
{
	const char *digits = packages_sum(f->p, packages_named(f->p, package), path);
	return digits ? digits : "-";
}

#define SUM_1 "0123456789abcdef0123456789abcdef"
#define SUM_2 "00000000000000000000000000000000"

static void dpkg_tells_the_sums_of_files(void **state)
{
	struct fixture *f = *state;
	put(f, "var/lib/dpkg/status",
		"Package: ed\nStatus: install ok installed\n\n"
		"Package: libx\nStatus: install ok installed\nArchitecture: i386\n"
		"Multi-Arch: same\n\n"
		"Package: over\nStatus: install ok installed\n\n");
	put(f, "var/lib/dpkg/info/ed.list", "/bin/ed\n/usr/lib/a\n/usr/lib/b\n");
	put(f, "var/lib/dpkg/info/libx:i386.list", "/lib/libx.so\n");
	put(f, "var/lib/dpkg/info/over.list", "/usr/lib/b\n");
	put(f, "var/lib/dpkg/info/ed.md5sums",
		SUM_1 "  bin/ed\n" SUM_2 "  usr/lib/b\nnonsense  usr/lib/a\n\n" SUM_1 "  \n" SUM_2
		      "  bin/ed\n");
	put(f, "var/lib/dpkg/info/libx:i386.md5sums", SUM_2 "  lib/libx.so");
	put(f, "var/lib/dpkg/diversions", "/usr/lib/b\n/usr/lib/b.real\nover\n");
	open_packages(f);
	assert_string_equal(sum(f, "ed", "/usr/bin/ed"), SUM_1);
	assert_string_equal(sum(f, "ed", "/bin/ed"), SUM_1);
	assert_string_equal(sum(f, "ed", "/usr/lib/a"), "-");
	assert_string_equal(sum(f, "ed", "/lib/b.real"), SUM_2);
	assert_string_equal(sum(f, "libx", "/usr/lib/libx.so"), SUM_2);
	assert_string_equal(sum(f, "over", "/usr/lib/b"), "-");
	assert_string_equal(sum(f, "over", "/"), "-");
	assert_null(packages_warning(f->p));
}

static void says(struct fixture *f, const char *package, const char *text)
{
	const struct package *p = packages_named(f->p, package);
	assert_int_equal(p->text.n, strlen(text));
	assert_memory_equal(p->text.p, text, p->text.n);
}

static void a_database_is_told_in_its_own_words(void **state)
{
	struct fixture *f = *state;
	put(f, "var/lib/dpkg/status",
		"Package: ed\nStatus: install ok installed\nX-Y: z\n w\n\n\n"
		"Package: x\nStatus: install ok installed\n\n");
	put(f, "var/lib/dpkg/info/ed.list", "/bin/ed\n");
	put(f, "var/lib/dpkg/info/x.list", "/bin/x\n");
	open_packages(f);
	says(f, "ed", "Package: ed\nStatus: install ok installed\nX-Y: z\n w\n");
	says(f, "x", "Package: x\nStatus: install ok installed\n");
	assert_int_equal(packages_format(f->p), PACKAGES_DPKG);
	assert_string_equal(packages_file(f->p), "/var/lib/dpkg/status");
	packages_free(f->p);
	put(f, "var/lib/dpkg/status", "");
	put(f, "lib/apk/db/installed", "\nP:ed\nV:1\nF:bin\nR:ed\n\nP:x\nV:2\n\n");
	open_packages(f);
	says(f, "ed", "P:ed\nV:1\nF:bin\nR:ed\n");
	says(f, "x", "P:x\nV:2\n");
	assert_int_equal(packages_format(f->p), PACKAGES_APK);
	assert_string_equal(packages_file(f->p), "/lib/apk/db/installed");
}

static void no_database_has_no_packages(void **state)
{
	struct fixture *f = *state;
	open_packages(f);
	assert_int_equal(packages_count(f->p), 0);
	assert_null(packages_owner(f->p, "/usr/bin/ed"));
	assert_null(packages_named(f->p, "ed"));
}

/* What the database says is told; a source without a version has the package's. */
static void facts_are_told(void **state)
{
	struct fixture *f = *state;
	struct mkr_packages *p;
	put(f, "var/lib/dpkg/status",
		"Package: ed\nStatus: install ok installed\nMaintainer: A <a@b>\n"
		"Architecture: amd64\nSource: ed-src (1.2)\nVersion: 1:1.2-3+b1\n\n"
		"Package: vi\nStatus: install ok installed\nVersion: 2\nSource: vi-src\n\n");
	put(f, "var/lib/dpkg/info/ed.list", "/bin/ed\n/usr/share/doc/ed/x\n");
	put(f, "var/lib/dpkg/info/vi.list", "/bin/vi\n");
	assert_int_equal(mkr_packages_open(&p, f->root, NULL), 0);
	const struct mkr_package *ed = mkr_packages_owner(p, "/usr/share/doc/ed/x");
	assert_non_null(ed);
	assert_string_equal(ed->name, "ed");
	assert_string_equal(ed->version, "1:1.2-3+b1");
	assert_string_equal(ed->arch, "amd64");
	assert_string_equal(ed->source, "ed-src");
	assert_string_equal(ed->source_version, "1.2");
	assert_string_equal(ed->maintainer, "A <a@b>");
	assert_null(ed->license);
	assert_string_equal(mkr_packages_named(p, "vi")->source_version, "2");
	assert_null(mkr_packages_owner(p, "/bin/nobody"));
	assert_null(mkr_packages_warning(p));
	mkr_packages_free(p);
}

static void apk_and_pacman_tell_the_license(void **state)
{
	struct fixture *f = *state;
	struct mkr_packages *p;
	put(f, "var/lib/pacman/local/nano-7-1/desc",
		"%NAME%\nnano\n\n%VERSION%\n7-1\n\n%ARCH%\nx86_64\n\n%LICENSE%\nGPL\nMIT\n\n"
		"%PACKAGER%\nA <a@b>\n\n");
	assert_int_equal(mkr_packages_open(&p, f->root, NULL), 0);
	assert_string_equal(mkr_packages_named(p, "nano")->license, "GPL MIT");
	assert_string_equal(mkr_packages_named(p, "nano")->maintainer, "A <a@b>");
	assert_string_equal(mkr_packages_named(p, "nano")->source, "nano");
	mkr_packages_free(p);
	put(f, "lib/apk/db/installed", "P:less\nV:1-r2\nA:x86_64\nL:GPL-3.0\nm:A <a@b>\n\n");
	assert_int_equal(mkr_packages_open(&p, f->root, NULL), 0);
	const struct mkr_package *less = mkr_packages_named(p, "less");
	assert_string_equal(less->version, "1-r2");
	assert_string_equal(less->arch, "x86_64");
	assert_string_equal(less->license, "GPL-3.0");
	assert_string_equal(less->maintainer, "A <a@b>");
	mkr_packages_free(p);
}

/* As distroless images have it; names are as in their md5sums. */
static void packages_without_dpkg_are_read(void **state)
{
	struct fixture *f = *state;
	put(f, "var/lib/dpkg/status.d/ed",
		"Package: ed\nVersion: 1\nArchitecture: amd64\nDepends: libc6\nDescription: x\n "
		"y\n");
	put(f, "var/lib/dpkg/status.d/ed.md5sums",
		"0123456789abcdef0123456789abcdef  usr/bin/ed\n"
		"0123456789abcdef0123456789abcdef  usr/share/ed/a b\nshort\n");
	put(f, "var/lib/dpkg/status.d/libc6", "Package: libc6\nVersion: 2\n");
	put(f, "var/lib/dpkg/status.d/libc6.md5sums",
		"0123456789abcdef0123456789abcdef  lib/libc.so.6\n");
	open_packages(f);
	assert_int_equal(packages_count(f->p), 2);
	assert_string_equal(owner(f, "/bin/ed"), "ed");
	assert_string_equal(owner(f, "/usr/share/ed/a b"), "ed");
	assert_string_equal(owner(f, "/usr/lib/libc.so.6"), "libc6");
	assert_true(
		packages_depends(f->p, packages_named(f->p, "ed"), packages_named(f->p, "libc6")));
}

static void a_single_package_that_is_broken_is_warned_of(void **state)
{
	struct fixture *f = *state;
	put(f, "var/lib/dpkg/status.d/ed", "Pack");
	warns(f, "'/var/lib/dpkg/status.d/ed' names no package: ");
	packages_free(f->p);
	put(f, "var/lib/dpkg/status.d/ed", "Package: ed\n");
	warns(f,
		"'/var/lib/dpkg/status.d/ed.md5sums' is missing, though its package is "
		"installed: ");
}

static void a_single_package_is_one_paragraph(void **state)
{
	struct fixture *f = *state;
	put(f, "var/lib/dpkg/status.d/ed", "\nPackage: ed\nVersion: 1\n\nPackage: x\nVersion: 2\n");
	put(f, "var/lib/dpkg/status.d/ed.md5sums", "");
	open_packages(f);
	assert_int_equal(packages_count(f->p), 1);
	assert_string_equal(packages_named(f->p, "ed")->version, "1");
	packages_free(f->p);
	put(f, "var/lib/dpkg/status.d/ed", "Package: \n");
	warns(f, "'/var/lib/dpkg/status.d/ed' names no package: ");
}

/* As `dpkg-query -S` names them; but for one that is not wholly there. */
static void packages_that_are_not_set_up_are_there(void **state)
{
	struct fixture *f = *state;
	static const char *const states[] = { "installed", "triggers-pending", "triggers-awaited",
		"half-configured", "unpacked", "half-installed", "config-files", "not-installed" };
	char text[1024] = "", path[64];
	for (size_t i = 0, n = 0; i < 8; i++) {
		n += (size_t)snprintf(text + n, sizeof(text) - n,
			"Package: %s\nStatus: install ok %s\n\n", states[i], states[i]);
		snprintf(path, sizeof(path), "var/lib/dpkg/info/%s.list", states[i]);
		put(f, path, "");
	}
	put(f, "var/lib/dpkg/status", text);
	open_packages(f);
	assert_int_equal(packages_count(f->p), 5);
	for (size_t i = 0; i < 5; i++)
		assert_non_null(packages_named(f->p, states[i]));
}

/* dash has sh, and bash's is elsewhere; nobody has what the administrator put in words' place. */
static void diverted_files_are_where_they_are(void **state)
{
	struct fixture *f = *state;
	static const char *const paths[] = { "/bin/sh", "/usr/bin/sh.distrib", "/usr/share/words",
		"/usr/share/words.real", "/bin/bash" };
	static const char *const owners[] = { "dash", "bash", "-", "bash", "bash" };
	put(f, "var/lib/dpkg/status",
		"Package: bash\nStatus: install ok installed\n\n"
		"Package: dash\nStatus: install ok installed\n\n");
	put(f, "var/lib/dpkg/info/bash.list", "/bin/bash\n/bin/sh\n/usr/share/words\n");
	put(f, "var/lib/dpkg/info/dash.list", "/bin/dash\n/usr/bin/sh\n");
	put(f, "var/lib/dpkg/diversions",
		"/bin/sh\n/bin/sh.distrib\ndash\n/usr/share/words\n/usr/share/words.real\n:\n");
	open_packages(f);
	const struct package *bash = packages_named(f->p, "bash");
	assert_true(packages_ships(f->p, bash, "/bin/sh.distrib"));
	assert_false(packages_ships(f->p, bash, "/bin/sh"));
	/* Twice: by the likely owner, and by all lists. */
	for (size_t i = 0; i < 2 * sizeof(paths) / sizeof(*paths); i++)
		assert_string_equal(owner(f, paths[i % 5]), owners[i % 5]);
}

static void diversions_may_be_many(void **state)
{
	struct fixture *f = *state;
	const size_t size = 200000;
	char *text = malloc(size);
	assert_non_null(text);
	size_t n = (size_t)snprintf(text, size, "/usr/lib/1\n/lib/first\n:\n");
	for (size_t i = 0; i < 3000; i++)
		n += (size_t)snprintf(
			text + n, size - n, "/usr/lib/%zu\n/usr/lib/d/%zu\nx\n", i, i);
	put(f, "var/lib/dpkg/status", "Package: ed\nStatus: install ok installed\n\n");
	put(f, "var/lib/dpkg/info/ed.list", "/lib/1\n/lib/2999\n/lib/3000\n");
	put(f, "var/lib/dpkg/diversions", text);
	free(text);
	open_packages(f);
	assert_string_equal(owner(f, "/lib/3000"), "ed");
	assert_string_equal(owner(f, "/lib/d/2999"), "ed");
	assert_string_equal(owner(f, "/lib/2999"), "-");
	assert_string_equal(owner(f, "/usr/lib/first"), "ed");
	assert_string_equal(owner(f, "/lib/d/1"), "-");
}

static void diversions_that_are_cut_off_are_warned_of(void **state)
{
	struct fixture *f = *state;
	put(f, "var/lib/dpkg/status", "Package: ed\nStatus: install ok installed\n\n");
	put(f, "var/lib/dpkg/info/ed.list", "/bin/ed\n");
	put(f, "var/lib/dpkg/diversions", "/bin/sh\n/bin/sh.distrib\n");
	warns(f, "'/var/lib/dpkg/diversions' is cut off: ");
}

static const char status[] = "Package: ed\nStatus: install ok installed\nVersion: 1\n\n";

static void a_status_that_ends_within_a_paragraph_is_warned_of(void **state)
{
	struct fixture *f = *state;
	put(f, "var/lib/dpkg/status",
		"Package: ed\nStatus: install ok installed\n\nPackage: x\nSta");
	put(f, "var/lib/dpkg/info/ed.list", "/bin/ed\n");
	warns(f, "'/var/lib/dpkg/status' ends within a paragraph: ");
	assert_string_equal(owner(f, "/bin/ed"), "ed");
}

static void a_line_that_is_no_field_is_warned_of(void **state)
{
	struct fixture *f = *state;
	put(f, "var/lib/dpkg/status", "Package: ed\nStatus: install ok installed\n\1\2\3\n\n");
	warns(f, "'/var/lib/dpkg/status' has a line 3 that is no field: ");
}

static void a_database_that_is_no_file_is_warned_of(void **state)
{
	struct fixture *f = *state;
	put(f, "var/lib/dpkg/status/x", "");
	warns(f, "'/var/lib/dpkg/status' cannot be read (Is a directory): ");
}

static void a_package_without_list_is_warned_of(void **state)
{
	struct fixture *f = *state;
	put(f, "var/lib/dpkg/status", status);
	put(f, "var/lib/dpkg/info/format", "1\n");
	warns(f, "'/var/lib/dpkg/info/ed.list' is missing, though its package is installed: ");
}

static void a_list_without_package_is_warned_of(void **state)
{
	struct fixture *f = *state;
	put(f, "var/lib/dpkg/status", status);
	put(f, "var/lib/dpkg/info/ed.list", "/bin/ed\n");
	put(f, "var/lib/dpkg/info/b:amd64.list", "/bin/b\n");
	put(f, "var/lib/dpkg/info/a.list", "/bin/a\n");
	warns(f,
		"'/var/lib/dpkg/info/a.list' and 1 more lists are of packages that status does "
		"not name: ");
}

static void a_list_that_is_no_file_is_warned_of_when_it_is_read(void **state)
{
	struct fixture *f = *state;
	put(f, "var/lib/dpkg/status", status);
	put(f, "var/lib/dpkg/info/ed.list/x", "");
	open_packages(f);
	assert_string_equal(owner(f, "/bin/ed"), "-");
	assert_non_null(strstr(packages_warning(f->p), "ed.list' cannot be read"));
	assert_null(packages_warning(f->p));
}

static void an_apk_database_that_is_cut_off_is_warned_of(void **state)
{
	struct fixture *f = *state;
	put(f, "lib/apk/db/installed", "P:less\nF:usr/bin\nR:less\n\nP:mu");
	warns(f, "'/lib/apk/db/installed' is cut off: ");
	assert_string_equal(owner(f, "/usr/bin/less"), "less");
}

static void a_pacman_package_without_name_is_warned_of(void **state)
{
	struct fixture *f = *state;
	put(f, "var/lib/pacman/local/nano-7-1/desc", "%NAM");
	warns(f, "'/var/lib/pacman/local/nano-7-1/desc' names no package: ");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(dpkg_says_who_ships_a_file),
		TEST(apk_says_who_ships_a_file),
		TEST(pacman_says_who_ships_a_file),
		TEST(dpkg_tells_the_sums_of_files),
		TEST(a_database_is_told_in_its_own_words),
		TEST(no_database_has_no_packages),
		TEST(facts_are_told),
		TEST(packages_without_dpkg_are_read),
		TEST(a_single_package_that_is_broken_is_warned_of),
		TEST(diverted_files_are_where_they_are),
		TEST(diversions_may_be_many),
		TEST(diversions_that_are_cut_off_are_warned_of),
		TEST(a_single_package_is_one_paragraph),
		TEST(packages_that_are_not_set_up_are_there),
		TEST(apk_and_pacman_tell_the_license),
		TEST(a_status_that_ends_within_a_paragraph_is_warned_of),
		TEST(a_line_that_is_no_field_is_warned_of),
		TEST(a_database_that_is_no_file_is_warned_of),
		TEST(a_package_without_list_is_warned_of),
		TEST(a_list_without_package_is_warned_of),
		TEST(a_list_that_is_no_file_is_warned_of_when_it_is_read),
		TEST(an_apk_database_that_is_cut_off_is_warned_of),
		TEST(a_pacman_package_without_name_is_warned_of),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
