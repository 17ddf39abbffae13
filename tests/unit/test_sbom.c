/* The words of bills of materials: package URLs, licenses, os-release. */
#include "test.h"

#include "cli/os_release.h"
#include "cli/purl.h"
#include "cli/spdx_license.h"

#include <string.h>

static int start(void **state)
{
	*state = arena_new();
	return 0;
}

static int stop(void **state)
{
	arena_free(*state);
	return 0;
}

/* What purl-spec's tests build (tests/types/{deb,rpm,apk,alpm}-test.json and tests/spec), and what
 * its rules for encoding say of bytes that those do not have. */
static void a_package_url_is_the_canonical_text_of_its_parts(void **state)
{
	static const struct {
		struct purl parts;
		struct purl_qualifier qualifiers[3];
		const char *text;
	} cases[] = {
		{ { "deb", "debian", "curl", "7.50.3-1" },
			{ { "distro", "jessie" }, { "arch", "i386" } },
			"pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie" },
		{ { "deb", "debian", "attr", "1:2.4.47-2" }, { { "arch", "source" } },
			"pkg:deb/debian/attr@1:2.4.47-2?arch=source" },
		{ { "deb", "debian", "attr", "1:2.4.47-2+b1" }, { { "arch", "amd64" } },
			"pkg:deb/debian/attr@1:2.4.47-2%2Bb1?arch=amd64" },
		{ { "rpm", "fedora", "centerim", "4.22.10-1.el6" },
			{ { "epoch", "1" }, { "distro", "fedora-25" }, { "arch", "i686" } },
			"pkg:rpm/fedora/"
			"centerim@4.22.10-1.el6?arch=i686&distro=fedora-25&epoch=1" },
		{ { "alpm", "arch", "containers-common", "1:0.47.4-4" }, { { "arch", "x86_64" } },
			"pkg:alpm/arch/containers-common@1:0.47.4-4?arch=x86_64" },
		{ { "apk", "alpine", "apk", "2.12.9-r3" }, { { "arch", "x86" } },
			"pkg:apk/alpine/apk@2.12.9-r3?arch=x86" },
		{ { "generic", NULL, "openssl", "1.1.10g" },
			{ { "checksum", "sha1:ad9503c,sha256:41bf908" } },
			"pkg:generic/openssl@1.1.10g?checksum=sha1:ad9503c%2Csha256:41bf908" },
		{ { "generic", "", "a", "" }, { { "empty", "" }, { "none", NULL } },
			"pkg:generic/a" },
		{ { "deb", "a/b", "c@d?e#f%g h", "~1_2" }, { { "k", "x=y&z/" } },
			"pkg:deb/a%2Fb/c%40d%3Fe%23f%25g%20h@~1_2?k=x%3Dy%26z%2F" },
		{ { "deb", "debian", "\xff\n\"\xc3\xa9", NULL }, { { NULL, NULL } },
			"pkg:deb/debian/%FF%0A%22%C3%A9" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct purl p = cases[i].parts;
		p.qualifiers = cases[i].qualifiers;
		while (p.n_qualifiers < 3 && p.qualifiers[p.n_qualifiers].key)
			p.n_qualifiers++;
		assert_string_equal(purl_text(*state, &p), cases[i].text);
	}
}

static void a_package_is_named_as_its_kind_has_it(void **state)
{
	static const struct {
		enum mkr_package_format format;
		struct mkr_package package;
		struct os_release os;
		const char *text;
		bool invalid;
	} cases[] = {
		{ MKR_PACKAGES_DPKG,
			{ .name = "libstdc++6",
				.version = "12.2.0-14",
				.arch = "amd64",
				.source = "gcc-12",
				.source_version = "12.2.0-14" },
			{ "debian", "12", NULL },
			"pkg:deb/debian/"
			"libstdc%2B%2B6@12.2.0-14?arch=amd64&distro=debian-12&upstream=gcc-12" },
		{ MKR_PACKAGES_DPKG,
			{ .name = "login",
				.version = "1:4.13+dfsg1-1+b1",
				.arch = "amd64",
				.source = "shadow",
				.source_version = "1:4.13+dfsg1-1" },
			{ "debian", NULL, NULL },
			"pkg:deb/debian/"
			"login@1:4.13%2Bdfsg1-1%2Bb1?arch=amd64&distro=debian&upstream=shadow%401:"
			"4.13%2Bdfsg1-1" },
		{ MKR_PACKAGES_DPKG, { .name = "a", .source = "a" }, { NULL, "1", NULL },
			"pkg:deb/a", true },
		{ MKR_PACKAGES_DPKG, { .name = "a\xff", .source = "a" }, { "debian" },
			"pkg:deb/debian/a%FF?distro=debian&upstream=a", true },
		{ MKR_PACKAGES_RPM,
			{ .name = "perl-Errno",
				.version = "0:1.37-499.fc39",
				.arch = "x86_64",
				.source = "perl",
				.source_version = "5.38.2-499.fc39" },
			{ "fedora", "39", NULL },
			"pkg:rpm/fedora/"
			"perl-Errno@1.37-499.fc39?arch=x86_64&distro=fedora-39&epoch=0&upstream="
			"perl-5.38.2-499.fc39.src.rpm" },
		{ MKR_PACKAGES_RPM,
			{ .name = "x",
				.version = "2:1-1",
				.source = "x",
				.source_version = "2:1-1" },
			{ "openSUSE", "15.5", NULL },
			"pkg:rpm/opensuse/x@1-1?distro=openSUSE-15.5&epoch=2" },
		{ MKR_PACKAGES_APK,
			{ .name = "musl",
				.version = "1.2.4-r2",
				.arch = "x86_64",
				.source = "musl",
				.source_version = "1.2.4-r2" },
			{ "alpine", "3.19.1", NULL },
			"pkg:apk/alpine/musl@1.2.4-r2?arch=x86_64&distro=alpine-3.19.1" },
		{ MKR_PACKAGES_PACMAN,
			{ .name = "glibc",
				.version = "2.39-1",
				.arch = "x86_64",
				.source = "glibc",
				.source_version = "2.39-1" },
			{ "arch", NULL, NULL },
			"pkg:alpm/arch/glibc@2.39-1?arch=x86_64&distro=arch" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		bool valid;
		assert_string_equal(
			purl_of(*state, &cases[i].package, cases[i].format, &cases[i].os, &valid),
			cases[i].text);
		assert_int_equal(valid, !cases[i].invalid);
	}
}

static void licenses_are_expressions_of_known_identifiers(void **state)
{
	static const char *const good[] = { "MIT", "0BSD", "zlib-acknowledgement",
		"GPL-2.0-or-later", "GPL-2.0+", "MIT AND (BSD-2-Clause OR Apache-2.0+)",
		" ( ( ISC ) )  OR MIT", "GPL-2.0-only WITH Classpath-exception-2.0 AND MIT" };
	static const char *const bad[] = { "", " ", "GPLv2+", "MIT and ISC", "MIT ISC", "mit",
		"MIT AND", "AND MIT", "MIT OR AND ISC", "(MIT", "MIT)", "()", "MIT()", "MIT+ +",
		"MIT WITH", "MIT WITH GPL-2.0-only", "Classpath-exception-2.0", "MI", "MIT-",
		"MIT WITH LLVM-exception WITH LLVM-exception", "LicenseRef-x", "MIT,ISC",
		"((((((((((((((((((((((((((((((((((((MIT))))))))))))))))))))))))))))))))))))" };
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_true(spdx_license_is_valid(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (spdx_license_is_valid(bad[i]))
			fail_msg("'%s' is taken for valid", bad[i]);
	assert_true(spdx_license_is_single("BSD-3-Clause"));
	assert_false(spdx_license_is_single("GPL-2.0+"));
	assert_false(spdx_license_is_single("MIT AND ISC"));
}

static void os_release_is_read_as_a_shell_would(void **state)
{
	struct os_release os;
	os_release_parse(&os, *state,
		STR("# ID=no\nNAME=\"A \\\"B\\\" \\$x\"\nID='de'bian\nVERSION_ID=\"12\"\n"
		    "ID_LIKE=other\nVERSION=ID=x\n"));
	assert_string_equal(os.id, "debian");
	assert_string_equal(os.version_id, "12");
	assert_string_equal(os.name, "A \"B\" $x");
	os_release_parse(&os, *state, STR("ID=\nPRETTY_NAME=Arch\\ Linux\nNAME=x\nVERSION_ID=\""));
	assert_null(os.id);
	assert_null(os.version_id);
	assert_string_equal(os.name, "Arch Linux");
	os_release_parse(&os, *state, STR("ID=debian\r\nVERSION_ID=\"12\"\r\n"));
	assert_string_equal(os.id, "debian");
	assert_string_equal(os.version_id, "12");
	os_release_parse(&os, *state, STR(""));
	assert_null(os.name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_package_url_is_the_canonical_text_of_its_parts, start, stop),
		cmocka_unit_test_setup_teardown(a_package_is_named_as_its_kind_has_it, start, stop),
		cmocka_unit_test(licenses_are_expressions_of_known_identifiers),
		cmocka_unit_test_setup_teardown(os_release_is_read_as_a_shell_would, start, stop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
