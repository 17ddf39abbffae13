#include "test.h"

#include "elf_image.h"

#include "base/arena.h"
#include "base/cleanup.h"

#include <mkroot/elf.h>

#include <elf.h>
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ALL = MKR_DETAIL_VERSIONS | MKR_DETAIL_NOTES | MKR_DETAIL_IMPORTS };

static int set_up(void **state)
{
	*state = arena_new();
	return 0;
}

static int tear_down(void **state)
{
	arena_free(*state);
	return 0;
}

static int file_of(const void *bytes, size_t n)
{
	int fd = memfd_create("image", MFD_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), (ssize_t)n);
	return fd;
}

static const struct mkr_elf_detail *detail_of(struct arena *a, const struct image *m)
{
	struct mkr_error err = { 0 };
	const struct mkr_elf_detail *d = NULL;
	cleanup_fd int fd = file_of(m->at, m->used);
	assert_int_equal(mkr_elf_detail(&d, a, fd, m->used, ALL, &err), 0);
	return d;
}

/* The four kinds of ELF file. */
static struct image_spec spec_of(int kind)
{
	struct image_spec s = { .narrow = kind & 1,
		.big = kind & 2,
		.machine = kind == 0 ? EM_X86_64
			: kind == 1  ? EM_386
			: kind == 2  ? EM_PPC64
				     : EM_PPC,
		.soname = "libtest.so.1",
		.needed = { "libc.so.6", "libm.so.6" },
		.needs = { { "libc.so.6", "GLIBC_2.34", false }, { "libc.so.6", "GLIBC_2.4", true },
			{ "libm.so.6", "GLIBC_2.29", false } },
		.defines = { "libtest.so.1", "TEST_1", "TEST_2" },
		.imports = { "pthread_exit", "malloc", "abort" },
		.exports = { "test_this", "test_that" },
		.dlopen = { "[{\"soname\":[\"libz.so.2\",\"libz.so.1\"],\"priority\":\"required\"}"
			    "]",
			"[{\"soname\":[\"liba.so\"],\"feature\":\"a\",\"priority\":\"suggested\","
			"\"description\":\"Sound\"},{\"soname\":[\"libb.so\"],\"extra\":1}]" },
		.isa_needed = 3,
		.build_id = "0123456789" };
	return s;
}

static void versions_are_read_of_both_classes_and_byte_orders(void **state)
{
	for (int kind = 0; kind < 4; kind++) {
		static struct image m;
		struct image_spec s = spec_of(kind);
		image_make(&m, &s);
		const struct mkr_elf_detail *d = detail_of(*state, &m);
		assert_null(d->bad_versions);
		assert_true(d->has_needs && d->has_defines);
		assert_int_equal(d->n_needs, 3);
		assert_string_equal(d->needs[0].file, "libc.so.6");
		assert_string_equal(d->needs[0].version, "GLIBC_2.34");
		assert_false(d->needs[0].weak);
		assert_string_equal(d->needs[1].version, "GLIBC_2.4");
		assert_true(d->needs[1].weak);
		assert_string_equal(d->needs[2].file, "libm.so.6");
		assert_string_equal(d->needs[2].version, "GLIBC_2.29");
		assert_string_equal(d->defines[0], "libtest.so.1");
		assert_string_equal(d->defines[2], "TEST_2");
		assert_null(d->defines[3]);
	}
}

static void imports_are_sorted_and_exports_are_none(void **state)
{
	for (int kind = 0; kind < 16; kind++) {
		static struct image m;
		struct image_spec s = spec_of(kind & 3);
		s.sysv_hash = kind & 4;
		s.empty_hash = kind & 8;
		image_make(&m, &s);
		const struct mkr_elf_detail *d = detail_of(*state, &m);
		assert_null(d->bad_imports);
		assert_int_equal(d->n_imports, 3);
		assert_string_equal(d->imports[0], "abort");
		assert_string_equal(d->imports[1], "malloc");
		assert_true(mkr_elf_imports(d, "pthread_exit"));
		assert_false(mkr_elf_imports(d, "test_this"));
		assert_false(mkr_elf_imports(d, ""));
	}
}

static void notes_are_read_of_both_classes_and_byte_orders(void **state)
{
	for (int kind = 0; kind < 4; kind++) {
		static struct image m;
		struct image_spec s = spec_of(kind);
		image_make(&m, &s);
		const struct mkr_elf_detail *d = detail_of(*state, &m);
		assert_null(d->bad_notes);
		assert_int_equal(d->n_dlopens, 3);
		assert_string_equal(d->dlopens[0].sonames[0], "libz.so.2");
		assert_string_equal(d->dlopens[0].sonames[1], "libz.so.1");
		assert_null(d->dlopens[0].sonames[2]);
		assert_int_equal(d->dlopens[0].priority, MKR_DLOPEN_REQUIRED);
		assert_null(d->dlopens[0].feature);
		assert_int_equal(d->dlopens[1].priority, MKR_DLOPEN_SUGGESTED);
		assert_string_equal(d->dlopens[1].feature, "a");
		assert_string_equal(d->dlopens[1].description, "Sound");
		assert_int_equal(d->dlopens[2].priority, MKR_DLOPEN_RECOMMENDED);
		assert_int_equal(d->build_id_size, 10);
		assert_memory_equal(d->build_id, "0123456789", 10);
		/* A property of x86 alone. */
		assert_int_equal(d->x86_isa_needed, kind < 2 ? 3 : 0);
	}
}

static void a_part_that_is_not_asked_for_is_not_there(void **state)
{
	static struct image m;
	struct image_spec s = spec_of(0);
	const struct mkr_elf_detail *d;
	image_make(&m, &s);
	cleanup_fd int fd = file_of(m.at, m.used);
	assert_int_equal(mkr_elf_detail(&d, *state, fd, m.used, MKR_DETAIL_NOTES, NULL), 0);
	assert_int_equal(d->n_dlopens, 3);
	assert_int_equal(d->n_needs + d->n_imports, 0);
	assert_null(d->defines[0]);
}

static void a_file_without_any_of_it_says_so(void **state)
{
	static struct image m;
	struct image_spec s = { .soname = "x" };
	image_make(&m, &s);
	const struct mkr_elf_detail *d = detail_of(*state, &m);
	assert_true(!d->has_needs && !d->has_defines && !d->bad_versions && !d->bad_notes);
	assert_int_equal(d->n_imports + d->n_needs + d->n_dlopens, 0);
	assert_null(d->build_id);
}

static void broken_json_is_told_and_the_rest_is_read(void **state)
{
	static const struct {
		const char *json;
		size_t n;
		bool bad;
	} cases[] = {
		{ "", 0, true },
		{ "[]", 0, false },
		{ "{}", 0, true },
		{ "[{}]", 0, true },
		{ "[1]", 0, true },
		{ "[{\"soname\":\"libz.so.1\"}]", 0, true },
		{ "[{\"soname\":[]}]", 0, true },
		{ "[{\"soname\":[1]}]", 0, true },
		{ "[{\"soname\":[\"\"]}]", 0, true },
		{ "[{\"soname\":[\"a\"]},{\"soname\":[]}]", 1, true },
		{ "[{\"soname\":[\"a\"],\"soname\":[\"b\"]}]", 0, true },
		{ "[{\"soname\":[\"a\\u0000b\"]}]", 0, true },
		{ "[{\"soname\":[\"\xff\"]}]", 0, true },
		{ "[{\"soname\":[\"a\"],\"priority\":7,\"feature\":[]}]", 1, false },
		{ "[{\"soname\":[\"a\"],\"priority\":\"unheard of\"}]", 1, false },
		{ "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", 0, true },
		{ "[{\"soname\":[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[\"]}]", 1, false },
		{ "[{\"soname\":[\"a\"]}] x", 0, true },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		static struct image m;
		struct image_spec s = { .dlopen = { cases[i].json, "[{\"soname\":[\"good\"]}]" } };
		image_make(&m, &s);
		const struct mkr_elf_detail *d = detail_of(*state, &m);
		assert_int_equal(d->bad_notes != NULL, cases[i].bad);
		assert_int_equal(d->n_dlopens, cases[i].n + 1);
		assert_string_equal(d->dlopens[cases[i].n].sonames[0], "good");
	}
}

static void what_leads_outside_is_told(void **state)
{
	static const struct {
		uint64_t tag, value;
		int versions, imports; /* 1: broken, 0: whole, -1: either */
	} cases[] = {
		{ DT_VERNEED, 0x7fffffff, 1, 0 },
		{ DT_VERNEED, 0xfffffff0, 1, 0 },
		{ DT_VERDEF, 0x10000, 1, 0 },
		{ DT_STRTAB, 0x7fffffff, 1, 1 },
		{ DT_STRSZ, 1, 1, 1 },
		{ DT_SYMTAB, 0x7fffffff, 0, 1 },
		{ DT_GNU_HASH, 0x7fffffff, 0, 1 },
	};
	for (int kind = 0; kind < 4; kind++) {
		for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
			static struct image m;
			struct image_spec s = spec_of(kind);
			image_make(&m, &s);
			image_put_at(&m, image_value_of(&m, cases[i].tag), cases[i].value,
				m.wide ? 8 : 4);
			const struct mkr_elf_detail *d = detail_of(*state, &m);
			assert_int_equal(d->bad_versions != NULL, cases[i].versions);
			assert_int_equal(d->bad_imports != NULL, cases[i].imports);
			assert_null(d->bad_notes);
		}
	}
}

static void version_records_that_cross_each_other_end(void **state)
{
	static struct image m;
	struct image_spec s = { .needs = { { "libc.so.6", "GLIBC_2.4", false } } };
	image_make(&m, &s);
	/* As a needed library: version 1, its versions 4 bytes on, the next one 12 bytes on; as a
	 * version: the next one 12 bytes on. From each of the first to the end of the file all of
	 * the second. */
	size_t start = m.used;
	image_put_at(&m, image_value_of(&m, DT_VERNEED), start, 8);
	while (m.used + 12 <= IMAGE_MAX)
		image_put(&m, 1, 4), image_put(&m, 1, 4), image_put(&m, 12, 4);
	m.n_phdr = 1;
	image_phdr(&m, PT_LOAD, 0, m.used, 0x1000);
	const struct mkr_elf_detail *d = detail_of(*state, &m);
	assert_string_equal(d->bad_versions, "its symbol versions lead outside the file");
	/* version, aux, next: the chains meet again and again. */
	for (size_t at = start; at + 12 <= IMAGE_MAX; at += 12)
		image_put_at(&m, at + 8, at + 64 < IMAGE_MAX ? 12 : 0, 4);
	d = detail_of(*state, &m);
	assert_non_null(d->bad_versions);
	assert_true(d->n_needs <= 4096);
}

static void a_record_of_another_version_ends_the_chain(void **state)
{
	static struct image m;
	struct image_spec s = spec_of(0);
	image_make(&m, &s);
	image_put_at(&m, m.verneed + 16 + 32, 2, 2);
	const struct mkr_elf_detail *d = detail_of(*state, &m);
	assert_string_equal(d->bad_versions, "unsupported version of Verneed record");
	assert_int_equal(d->n_needs, 2);
}

static void overlapping_names_cost_no_more_than_a_limit(void **state)
{
	/* 60 000 bytes of name, asked for by thousands of entries, each a byte further on. */
	static struct image m;
	struct image_spec s = { .soname = "x" };
	image_make(&m, &s);
	size_t table = m.used, n = 3000;
	for (size_t i = 0; i < n; i++) {
		image_put(&m, DT_NEEDED, 8), image_put(&m, table + n * 16 + 48 + i - m.strtab, 8);
	}
	image_put(&m, DT_STRTAB, 8), image_put(&m, m.strtab, 8);
	image_put(&m, DT_NULL, 8), image_put(&m, 0, 8);
	while (m.used + 1 < IMAGE_MAX)
		image_put(&m, 'a', 1);
	image_put(&m, 0, 1);
	m.n_phdr = 0;
	image_phdr(&m, PT_DYNAMIC, table, n * 16 + 32, 8);
	image_phdr(&m, PT_LOAD, 0, m.used, 0x1000);
	image_put_at(&m, 56, 2, 2);
	const struct mkr_elf *elf;
	cleanup_fd int fd = file_of(m.at, m.used);
	assert_int_equal(mkr_elf_read(&elf, *state, fd, m.used, NULL), 0);
	assert_string_equal(elf->malformed, "the names in its dynamic section are too long");
	assert_true(arena_used(*state) < 16 * 1024 * 1024);
}

/* Why an image, made `size` bytes long, cannot be loaded. */
static const char *malformed_of(struct arena *a, const struct image *m, uint64_t size)
{
	const struct mkr_elf *elf;
	cleanup_fd int fd = file_of(m->at, m->used);
	assert_int_equal(ftruncate(fd, (off_t)size), 0);
	assert_int_equal(mkr_elf_read(&elf, a, fd, size, NULL), 0);
	const struct mkr_elf_detail *d;
	assert_int_equal(mkr_elf_detail(&d, a, fd, size, ALL, NULL), 0);
	assert_true(arena_used(a) < 16 * 1024 * 1024);
	return elf->malformed;
}

static void header_counts_that_no_kernel_takes_are_refused(void **state)
{
	for (int kind = 0; kind < 4; kind++) {
		static struct image m;
		struct image_spec s = spec_of(kind);
		size_t e_phnum = kind & 1 ? 44 : 56;
		image_make(&m, &s);
		/* PN_XNUM, and the number before it, in a file that would have room for them. */
		for (uint64_t n = 0xfffe; n <= 0xffff; n++) {
			image_put_at(&m, e_phnum, n, 2);
			assert_string_equal(malformed_of(*state, &m, 8 << 20),
				"over 64 KiB of program headers");
		}
		image_put_at(&m, e_phnum, 1000, 2);
		assert_string_equal(
			malformed_of(*state, &m, m.used), "truncated in its program headers");
	}
}

/* Sizes that a sparse file has room for. */
static void a_sparse_terabyte_is_not_read(void **state)
{
	static const char *const said[] = { "its dynamic section is over 1 MiB", NULL,
		"PT_INTERP is 1099511627776 bytes long" };
	for (int part = 0; part < 3; part++) {
		static struct image m;
		struct image_spec s = { .soname = "x", .interp = "/ld.so", .build_id = "id" };
		image_make(&m, &s);
		uint64_t huge = UINT64_C(1) << 40;
		for (size_t i = 0; i < m.n_phdr; i++) {
			static const uint32_t types[] = { PT_DYNAMIC, PT_NOTE, PT_INTERP };
			size_t p = m.phdr + i * m.phentsize;
			uint32_t type;
			memcpy(&type, m.at + p, 4);
			if (type == types[part] || type == PT_LOAD)
				image_put_at(&m, p + 32, huge, 8);
		}
		const char *why = malformed_of(*state, &m, huge);
		assert_int_equal(why != NULL, said[part] != NULL);
		if (why)
			assert_string_equal(why, said[part]);
	}
}

static void a_hundred_thousand_needed_are_refused_or_listed(void **state)
{
	enum { MANY = 100000 };
	for (int narrow = 0; narrow < 2; narrow++) {
		static struct image m;
		struct image_spec s = { .narrow = narrow, .needed = { "libx.so" } };
		image_make(&m, &s);
		size_t w = narrow ? 4 : 8, at = 1 << 16, n = MANY * 2 * w + 16;
		m.n_phdr = 0;
		image_phdr(&m, PT_DYNAMIC, at, n, 8);
		image_phdr(&m, PT_LOAD, 0, at + n, 0x1000);
		image_put_at(&m, narrow ? 44 : 56, 2, 2);
		unsigned char *list = calloc(1, n);
		for (size_t i = 0; i < MANY; i++) {
			const unsigned char *from = m.at + m.dynamic;
			for (size_t k = 0; k < m.n_dynamic && i == 0; k++)
				memcpy(list + k * 2 * w, from + k * 2 * w, 2 * w);
			if (i + 1 >= m.n_dynamic)
				memcpy(list + i * 2 * w, from, 2 * w); /* DT_NEEDED libx.so */
		}
		cleanup_fd int fd = file_of(m.at, m.used);
		assert_int_equal(pwrite(fd, list, n, (off_t)at), (ssize_t)n);
		free(list);
		const struct mkr_elf *elf;
		assert_int_equal(mkr_elf_read(&elf, *state, fd, at + n, NULL), 0);
		if (narrow)
			assert_true(elf->n_requests > MANY - 32 && !elf->malformed);
		else
			assert_string_equal(elf->malformed, "its dynamic section is over 1 MiB");
		assert_true(arena_used(*state) < 16 * 1024 * 1024);
	}
}

/* Whatever is asked of any beginning of a good file, it is answered: by facts or by a refusal. */
static void every_truncation_is_survived(void **state)
{
	(void)state;
	for (int kind = 0; kind < 4; kind++) {
		static struct image m;
		struct image_spec s = spec_of(kind);
		image_make(&m, &s);
		cleanup_fd int fd = file_of(m.at, m.used);
		for (size_t n = m.used; n-- > 0;) {
			struct arena *a = arena_new();
			const struct mkr_elf *elf;
			const struct mkr_elf_detail *d;
			assert_int_equal(ftruncate(fd, (off_t)n), 0);
			int r = mkr_elf_read(&elf, a, fd, n, NULL);
			assert_true(r == 0 || r == -EBADMSG || r == -ENOEXEC);
			assert_int_equal(mkr_elf_detail(&d, a, fd, n, ALL, NULL), r);
			/* The size was told before the file shrank. */
			r = mkr_elf_detail(&d, a, fd, m.used, ALL, NULL);
			assert_true(r == 0 || r == -EBADMSG || r == -ENOEXEC);
			arena_free(a);
		}
	}
}

/* Each byte in turn becomes 0, 0xff and 0x80. */
static void every_byte_may_lie(void **state)
{
	(void)state;
	static const unsigned char values[] = { 0, 0xff, 0x80 };
	for (int kind = 0; kind < 4; kind++) {
		static struct image m;
		struct image_spec s = spec_of(kind);
		image_make(&m, &s);
		cleanup_fd int fd = file_of(m.at, m.used);
		for (size_t i = 0; i < m.used * 3; i++) {
			struct arena *a = arena_new();
			const struct mkr_elf_detail *d;
			const struct mkr_elf *elf;
			size_t at = i / 3;
			assert_int_equal(pwrite(fd, &values[i % 3], 1, (off_t)at), 1);
			int r = mkr_elf_read(&elf, a, fd, m.used, NULL);
			int q = mkr_elf_detail(&d, a, fd, m.used, ALL, NULL);
			assert_int_equal(r, q);
			assert_true(arena_used(a) < 16 * 1024 * 1024);
			assert_int_equal(pwrite(fd, &m.at[at], 1, (off_t)at), 1);
			arena_free(a);
		}
	}
}

static void machines_have_the_names_that_go_has(void **state)
{
	(void)state;
	static const struct {
		struct mkr_elf elf;
		const char *name, *variant;
	} rows[] = {
		{ { .machine = EM_X86_64, .bits = 64 }, "amd64", NULL },
		{ { .machine = EM_X86_64, .bits = 32 }, NULL, NULL }, /* x32 */
		{ { .machine = EM_386, .bits = 32 }, "386", NULL },
		{ { .machine = EM_AARCH64, .bits = 64 }, "arm64", NULL },
		{ { .machine = EM_AARCH64, .bits = 64, .big_endian = true }, NULL, NULL },
		{ { .machine = EM_ARM, .bits = 32, .flags = EF_ARM_ABI_FLOAT_HARD }, "arm", "v7" },
		{ { .machine = EM_ARM, .bits = 32 }, "arm", "v5" },
		{ { .machine = EM_PPC64, .bits = 64 }, "ppc64le", NULL },
		{ { .machine = EM_PPC64, .bits = 64, .big_endian = true }, "ppc64", NULL },
		{ { .machine = EM_MIPS, .bits = 32 }, "mipsle", NULL },
		{ { .machine = 12345, .bits = 64 }, NULL, NULL },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *variant = "unset", *name = mkr_elf_goarch(&rows[i].elf, &variant);
		if (!rows[i].name)
			assert_null(name);
		else
			assert_string_equal(name, rows[i].name);
		if (!rows[i].variant)
			assert_null(variant);
		else
			assert_string_equal(variant, rows[i].variant);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(versions_are_read_of_both_classes_and_byte_orders),
		TEST(imports_are_sorted_and_exports_are_none),
		TEST(notes_are_read_of_both_classes_and_byte_orders),
		TEST(a_part_that_is_not_asked_for_is_not_there),
		TEST(a_file_without_any_of_it_says_so),
		TEST(broken_json_is_told_and_the_rest_is_read),
		TEST(what_leads_outside_is_told),
		TEST(version_records_that_cross_each_other_end),
		TEST(a_record_of_another_version_ends_the_chain),
		TEST(overlapping_names_cost_no_more_than_a_limit),
		TEST(header_counts_that_no_kernel_takes_are_refused),
		TEST(a_sparse_terabyte_is_not_read),
		TEST(a_hundred_thousand_needed_are_refused_or_listed),
		TEST(every_truncation_is_survived),
		TEST(every_byte_may_lie),
		TEST(machines_have_the_names_that_go_has),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
