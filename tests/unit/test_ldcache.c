/* ld.so.cache: what is written is read, for any ABI and byte order; what is broken is absent, and
 * never read outside of. Files of the machine's own ldconfig are in tests/e2e/cache.bats. */
#include "test.h"

#include "loader/ldcache_format.h"
#include "loader/ldcache_write.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

enum { X86_64 = 0x303, I386 = 0x003, AARCH64 = 0xa03, ARM_HARD = 0x903 };
#define LEGACY(bit) (UINT64_C(1) << (bit))

static const char *const no_levels[] = { NULL };
static const char *const all_levels[] = { "x86-64-v4", "x86-64-v3", "x86-64-v2", NULL };
static const char *const v2_only[] = { "x86-64-v2", NULL };

static struct ldcache_abi abi_of(uint32_t flags, bool big, const char *const *levels)
{
	return (struct ldcache_abi){
		.big_endian = big, .align = 8, .flags = flags, .levels = levels, .isa = UINT32_MAX
	};
}

static int setup(void **state)
{
	*state = arena_new();
	return 0;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

/* Written, then opened by a loader like `abi`. */
static struct ldcache made(struct arena *a, const struct ldcache_entry *entries, size_t n,
	const struct ldcache_abi *abi)
{
	size_t size;
	struct ldcache c;
	const char *data = ldcache_write(a, entries, n, abi->big_endian, "mkroot", &size);
	assert_non_null(data);
	assert_true(ldcache_open(&c, data, size, abi));
	return c;
}

static const struct ldcache_entry mixed[] = {
	{ .name = "libz.so.1", .path = "/lib/libz.so.1", .flags = X86_64 },
	{ .name = "libz.so.1", .path = "/lib32/libz.so.1", .flags = I386 },
	{ .name = "libfoo.so.9", .path = "/opt/libfoo.so.9", .flags = X86_64 },
	{ .name = "libfoo.so.10", .path = "/opt/libfoo.so.10", .flags = X86_64 },
	{ .name = "libfoo.so.9", .path = "/second/libfoo.so.9", .flags = X86_64 },
	{ .name = "libz.so.1",
		.path = "/lib/glibc-hwcaps/x86-64-v2/libz.so.1.2",
		.flags = X86_64,
		.level = "x86-64-v2" },
	{ .name = "libz.so.1",
		.path = "/lib/glibc-hwcaps/x86-64-v3/libz.so.1.2",
		.flags = X86_64,
		.level = "x86-64-v3",
		.isa = 2 },
};
enum { N_MIXED = sizeof(mixed) / sizeof(*mixed) };

static void what_is_written_is_found_in_either_byte_order(void **state)
{
	for (int big = 0; big < 2; big++) {
		struct ldcache_abi abi = abi_of(X86_64, big, no_levels);
		struct ldcache c = made(*state, mixed, N_MIXED, &abi);
		assert_int_equal(c.n_entries, N_MIXED);
		assert_string_equal(ldcache_lookup(&c, "libz.so.1", &abi), "/lib/libz.so.1");
		assert_string_equal(ldcache_lookup(&c, "libfoo.so.10", &abi), "/opt/libfoo.so.10");
		assert_string_equal(ldcache_lookup(&c, "libfoo.so.9", &abi), "/opt/libfoo.so.9");
		assert_null(ldcache_lookup(&c, "libfoo.so", &abi));
		assert_null(ldcache_lookup(&c, "", &abi));
		abi.flags = I386;
		assert_string_equal(ldcache_lookup(&c, "libz.so.1", &abi), "/lib32/libz.so.1");
		assert_null(ldcache_lookup(&c, "libfoo.so.9", &abi));
	}
}

static void the_best_level_that_counts_wins(void **state)
{
	struct ldcache_abi abi = abi_of(X86_64, false, all_levels);
	struct ldcache c = made(*state, mixed, N_MIXED, &abi);
	assert_string_equal(ldcache_lookup(&c, "libz.so.1", &abi), mixed[6].path);
	abi.levels = v2_only;
	assert_string_equal(ldcache_lookup(&c, "libz.so.1", &abi), mixed[5].path);
	/* The v3 library is marked as needing v3: a CPU that has no more than v2 passes it over. */
	abi.levels = all_levels;
	abi.isa = 3;
	assert_string_equal(ldcache_lookup(&c, "libz.so.1", &abi), mixed[5].path);
}

static void entries_stand_in_ldconfigs_order(void **state)
{
	static const char *const paths[] = { "/lib/glibc-hwcaps/x86-64-v2/libz.so.1.2",
		"/lib/glibc-hwcaps/x86-64-v3/libz.so.1.2", "/lib/libz.so.1", "/lib32/libz.so.1",
		"/opt/libfoo.so.10", "/opt/libfoo.so.9", "/second/libfoo.so.9" };
	struct ldcache_abi abi = abi_of(X86_64, true, all_levels);
	struct ldcache c = made(*state, mixed, N_MIXED, &abi);
	for (size_t i = 0; i < N_MIXED; i++) {
		struct ldcache_entry e;
		assert_true(ldcache_entry(&c, i, &e));
		assert_string_equal(e.path, paths[i]);
		assert_int_equal(e.isa, i == 1 ? 2 : 0);
	}
}

static void runs_of_digits_compare_as_numbers(void **state)
{
	(void)state;
	assert_int_equal(ldcache_compare("libx.so.9", "libx.so.10"), -1);
	assert_int_equal(ldcache_compare("libx.so.010", "libx.so.10"), 0);
	assert_int_equal(ldcache_compare("libx-1.so", "libx.so"), -1);
	assert_int_equal(ldcache_compare("libx.so.1", "libx.so.a"), 1);
	assert_int_equal(ldcache_compare("libx.so.a", "libx.so.1"), -1);
	assert_int_equal(ldcache_compare("libx.so", "libx.so.1"), -1);
	assert_int_equal(ldcache_compare("libx.so.1", "libx.so"), 1);
	/* An int wraps around: 4294967297 is 1. */
	assert_int_equal(ldcache_compare("libx.so.4294967297", "libx.so.1"), 0);
	assert_int_equal(ldcache_compare("libx.so.2147483648", "libx.so.1"), 1);
	assert_int_equal(ldcache_compare("libx.so.2147483649", "libx.so.0"), -1);
}

static void bits_of_the_older_scheme_count_up_to_2_39(void **state)
{
	const struct ldcache_entry entries[] = {
		{ .name = "liba.so", .path = "/lib/liba.so", .flags = X86_64 },
		{ .name = "liba.so",
			.path = "/lib/tls/liba.so",
			.flags = X86_64,
			.hwcap = LEGACY(63) },
		{ .name = "liba.so",
			.path = "/lib/haswell/liba.so",
			.flags = X86_64,
			.hwcap = LEGACY(50) },
		{ .name = "liba.so",
			.path = "/lib/haswell/avx512_1/liba.so",
			.flags = X86_64,
			.hwcap = LEGACY(50) | LEGACY(2) },
	};
	struct mkr_elf elf = { .machine = EM_X86_64, .bits = 64 };
	const char *const plain[] = { "" }, *const avx512[] = { "avx512_1/", "" };
	struct hwcaps old = { .levels = no_levels, .subdirs = plain, .n_subdirs = 1 },
		      haswell = old, skylake;
	haswell.platform = "haswell";
	skylake = haswell;
	skylake.subdirs = avx512;
	skylake.n_subdirs = 2;
	struct ldcache_abi abi = ldcache_abi_of(&elf, &old, 236);
	struct ldcache c = made(*state, entries, 4, &abi);
	assert_string_equal(ldcache_lookup(&c, "liba.so", &abi), "/lib/tls/liba.so");
	abi = ldcache_abi_of(&elf, &haswell, 236);
	assert_string_equal(ldcache_lookup(&c, "liba.so", &abi), "/lib/tls/liba.so");
	abi = ldcache_abi_of(&elf, &skylake, 236);
	assert_string_equal(ldcache_lookup(&c, "liba.so", &abi), "/lib/haswell/avx512_1/liba.so");
	abi = ldcache_abi_of(&elf, &skylake, 240);
	assert_string_equal(ldcache_lookup(&c, "liba.so", &abi), "/lib/liba.so");
	assert_true(ldcache_legacy_bits(&elf, "/lib/haswell/avx512_1") == (LEGACY(50) | 4));
	assert_true(ldcache_legacy_bits(&elf, "/lib/haswell/x") == 0);
}

static void each_abi_has_its_id(void **state)
{
	(void)state;
	static const struct {
		uint16_t machine;
		uint8_t bits;
		uint32_t e_flags, id;
	} rows[] = {
		{ EM_X86_64, 64, 0, 0x303 },
		{ EM_X86_64, 32, 0, 0x803 },
		{ EM_386, 32, 0, 3 },
		{ EM_AARCH64, 64, 0, 0xa03 },
		{ EM_ARM, 32, 0x5000400, 0x903 },
		{ EM_ARM, 32, 0x5000200, 0xb03 },
		{ EM_ARM, 32, 0x5000000, 3 },
		{ EM_RISCV, 64, 5, 0x1003 },
		{ EM_RISCV, 64, 1, 0xf03 },
		{ EM_RISCV, 64, 2, 0 },
		{ EM_RISCV, 64, 8 | 4, 0 },
		{ EM_RISCV, 32, 4, 0x1003 },
		{ EM_S390, 64, 0, 0x403 },
		{ EM_S390, 32, 0, 3 },
		{ EM_PPC64, 64, 2, 0x503 },
		{ EM_PPC, 32, 0, 3 },
		{ EM_MIPS, 64, 0, 0x703 },
		{ EM_MIPS, 32, 0x20, 0x603 },
		{ EM_MIPS, 32, 0, 3 },
		{ EM_MIPS, 64, 0x400, 0xe03 },
		{ EM_MIPS, 32, 0x400, 0xc03 },
		{ 258, 64, 0x43, 0x1203 },
		{ 258, 64, 1, 0x1103 },
		{ EM_SPARCV9, 64, 0, 0x103 },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct mkr_elf elf = {
			.machine = rows[i].machine, .bits = rows[i].bits, .flags = rows[i].e_flags
		};
		assert_int_equal(ldcache_flags(&elf), rows[i].id);
	}
}

static void unmarked_libraries_serve_an_arm_loader_too(void **state)
{
	const struct ldcache_entry entries[] = {
		{ .name = "liba.so", .path = "/lib/liba.so", .flags = 3 },
		{ .name = "libb.so", .path = "/soft/libb.so", .flags = 0xb03 },
		{ .name = "libb.so", .path = "/plain/libb.so", .flags = 3 },
		{ .name = "libb.so", .path = "/hard/libb.so", .flags = ARM_HARD },
	};
	struct mkr_elf elf = { .machine = EM_ARM, .bits = 32, .flags = 0x5000400 };
	struct hwcaps caps = { .levels = no_levels };
	struct ldcache_abi abi = ldcache_abi_of(&elf, &caps, 241);
	struct ldcache c = made(*state, entries, 4, &abi);
	assert_string_equal(ldcache_lookup(&c, "liba.so", &abi), "/lib/liba.so");
	assert_string_equal(ldcache_lookup(&c, "libb.so", &abi), "/hard/libb.so");
}

static void put32(char *at, uint32_t v, bool big)
{
	for (int i = 0; i < 4; i++)
		at[big ? 3 - i : i] = (char)(v >> 8 * i & 0xff);
}

/* One library, as an ldconfig before 2.2 wrote it. */
static size_t old_format(char *out, size_t nlibs, bool big)
{
	static const char strings[] = "liba.so\0/old/liba.so";
	memset(out, 0, OLD_HEADER + nlibs * OLD_ENTRY);
	memcpy(out, OLD_MAGIC, sizeof(OLD_MAGIC) - 1);
	put32(out + OLD_NLIBS, (uint32_t)nlibs, big);
	for (size_t i = 0; i < nlibs; i++) {
		char *entry = out + OLD_HEADER + i * OLD_ENTRY;
		put32(entry + ENTRY_FLAGS, 3, big);
		put32(entry + ENTRY_VALUE, 8, big);
	}
	size_t at = OLD_HEADER + nlibs * OLD_ENTRY;
	memcpy(out + at, strings, sizeof(strings));
	return at + sizeof(strings);
}

static void the_old_format_is_read_alone(void **state)
{
	(void)state;
	for (int big = 0; big < 2; big++) {
		char file[256] = "";
		struct ldcache c;
		struct ldcache_abi abi = abi_of(3, big, no_levels);
		size_t n = old_format(file, 1, big);
		assert_true(ldcache_open(&c, file, n, &abi));
		assert_true(c.old);
		assert_string_equal(ldcache_lookup(&c, "liba.so", &abi), "/old/liba.so");
		abi.big_endian = !big;
		assert_false(ldcache_open(&c, file, n, &abi));
	}
}

/* The new format stands behind the table of the old one, aligned as the ABI aligns numbers. */
static void the_new_format_behind_the_old_one_wins(void **state)
{
	for (uint8_t align = 4; align <= 8; align = (uint8_t)(align + 4)) {
		char file[4096] = "";
		size_t size;
		struct ldcache c;
		struct ldcache_abi abi = abi_of(X86_64, false, no_levels);
		abi.align = align;
		old_format(file, 2, false);
		size_t at = (OLD_HEADER + 2 * OLD_ENTRY + align - 1) / align * align;
		const char *data = ldcache_write(*state, mixed, N_MIXED, false, NULL, &size);
		memcpy(file + at, data, size);
		assert_true(ldcache_open(&c, file, at + size, &abi));
		assert_false(c.old);
		assert_string_equal(ldcache_lookup(&c, "libz.so.1", &abi), "/lib/libz.so.1");
		/* Of the other byte order: the old one in front is bogus too. */
		file[at + NEW_FLAGS] = ENDIAN_BIG;
		assert_false(ldcache_open(&c, file, at + size, &abi));
	}
}

/* A copy of a good cache, to be damaged. */
static char *copy_of_mixed(void **state, size_t *size)
{
	return ldcache_write(*state, mixed, N_MIXED, false, "mkroot", size);
}

static void the_byte_order_must_be_the_loaders(void **state)
{
	static const struct {
		char flags;
		bool good;
	} rows[] = { { 0, true }, { 1, false }, { 2, true }, { 3, false }, { 4, false },
		{ 6, true } };
	struct ldcache c;
	size_t size;
	struct ldcache_abi abi = abi_of(X86_64, false, no_levels);
	char *file = copy_of_mixed(state, &size);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		file[NEW_FLAGS] = rows[i].flags;
		assert_int_equal(ldcache_open(&c, file, size, &abi), rows[i].good);
	}
}

static void a_corrupt_header_is_no_cache(void **state)
{
	struct ldcache c;
	size_t size;
	struct ldcache_abi abi = abi_of(X86_64, false, no_levels);
	char *file = copy_of_mixed(state, &size);
	assert_false(ldcache_open(&c, file, 0, &abi));
	assert_false(ldcache_open(&c, file, NEW_HEADER, &abi));
	assert_false(ldcache_open(&c, file, NEW_HEADER + N_MIXED * NEW_ENTRY - 1, &abi));
	put32(file + NEW_NLIBS, UINT32_MAX, false);
	assert_false(ldcache_open(&c, file, size, &abi));
	file = copy_of_mixed(state, &size);
	file[sizeof(NEW_MAGIC) - 2] = '2';
	assert_false(ldcache_open(&c, file, size, &abi));
}

/* The extension is void as a whole, entries with a level are passed over. */
static void a_corrupt_extension_leaves_the_plain_entries(void **state)
{
	struct ldcache_abi abi = abi_of(X86_64, false, all_levels);
	size_t size;
	char *file = copy_of_mixed(state, &size);
	struct ldcache c;
	assert_true(ldcache_open(&c, file, size, &abi));
	size_t at = c.hwcaps - EXTENSION_HEADER - 2 * SECTION;
	const struct {
		size_t at;
		uint32_t value;
	} rows[] = { { NEW_EXTENSION, 0 }, { NEW_EXTENSION, (uint32_t)at + 1 },
		{ NEW_EXTENSION, UINT32_MAX - 3 }, { at, 1 }, { at + 4, UINT32_MAX },
		{ at + EXTENSION_HEADER + SECTION_OFFSET, UINT32_MAX },
		{ at + EXTENSION_HEADER + SECTION + SECTION_SIZE, UINT32_MAX },
		{ at + EXTENSION_HEADER + SECTION + SECTION_SIZE, 6 },
		{ at + EXTENSION_HEADER + SECTION, 7 },
		{ at + EXTENSION_HEADER + 2 * SECTION, 0xfffff } };
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		file = copy_of_mixed(state, &size);
		put32(file + rows[i].at, rows[i].value, false);
		assert_true(ldcache_open(&c, file, size, &abi));
		const char *path = ldcache_lookup(&c, "libz.so.1", &abi);
		/* The last row damages the name of one level only. */
		bool one = i + 1 == sizeof(rows) / sizeof(*rows);
		assert_string_equal(path, one ? mixed[6].path : "/lib/libz.so.1");
	}
}

static void an_offset_outside_ends_the_search_or_the_entry(void **state)
{
	struct ldcache_abi abi = abi_of(X86_64, false, no_levels);
	size_t size;
	struct ldcache c;
	char *file = copy_of_mixed(state, &size);
	char *middle = file + NEW_HEADER + N_MIXED / 2 * NEW_ENTRY;
	put32(middle + ENTRY_KEY, UINT32_MAX, false);
	assert_true(ldcache_open(&c, file, size, &abi));
	assert_null(ldcache_lookup(&c, "libfoo.so.9", &abi));
	file = copy_of_mixed(state, &size);
	put32(file + NEW_HEADER + 5 * NEW_ENTRY + ENTRY_VALUE, (uint32_t)size, false);
	assert_true(ldcache_open(&c, file, size, &abi));
	assert_string_equal(ldcache_lookup(&c, "libfoo.so.9", &abi), "/second/libfoo.so.9");
}

static void use(const char *data, size_t n)
{
	for (int big = 0; big < 2; big++) {
		struct ldcache c;
		struct ldcache_abi abi = abi_of(X86_64, big, all_levels);
		if (!ldcache_open(&c, data, n, &abi))
			continue;
		for (size_t i = 0; i < N_MIXED; i++)
			ldcache_lookup(&c, mixed[i].name, &abi);
		struct ldcache_entry e;
		for (size_t i = 0; i < c.n_entries; i++)
			ldcache_entry(&c, i, &e);
	}
}

/* Every byte damaged, every length cut: in a block of exactly that size, for the sanitizers. */
static void no_damage_leads_outside(void **state)
{
	static const unsigned char values[] = { 0, 1, 0x7f, 0x80, 0xff };
	size_t size;
	const char *good = copy_of_mixed(state, &size);
	for (size_t i = 0; i < size; i++) {
		char *file = malloc(size + 1);
		assert_non_null(file);
		memcpy(file, good, size + 1);
		for (size_t k = 0; k < sizeof(values); k++) {
			file[i] = (char)values[k];
			use(file, size);
		}
		free(file);
		file = malloc(i + 1);
		assert_non_null(file);
		memcpy(file, good, i);
		file[i] = '\0';
		use(file, i);
		free(file);
	}
}

static void an_empty_cache_is_one(void **state)
{
	struct ldcache_abi abi = abi_of(X86_64, true, all_levels);
	struct ldcache c = made(*state, NULL, 0, &abi);
	assert_int_equal(c.n_entries, 0);
	assert_null(ldcache_lookup(&c, "liba.so", &abi));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_written_is_found_in_either_byte_order),
		TEST(the_best_level_that_counts_wins),
		TEST(entries_stand_in_ldconfigs_order),
		TEST(runs_of_digits_compare_as_numbers),
		TEST(bits_of_the_older_scheme_count_up_to_2_39),
		TEST(each_abi_has_its_id),
		TEST(unmarked_libraries_serve_an_arm_loader_too),
		TEST(the_old_format_is_read_alone),
		TEST(the_new_format_behind_the_old_one_wins),
		TEST(the_byte_order_must_be_the_loaders),
		TEST(a_corrupt_header_is_no_cache),
		TEST(a_corrupt_extension_leaves_the_plain_entries),
		TEST(an_offset_outside_ends_the_search_or_the_entry),
		TEST(no_damage_leads_outside),
		TEST(an_empty_cache_is_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
