#include "test.h"

#include "loader/hwcaps.h"

#include <elf.h>

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

static const struct machine *machine(uint16_t number, uint8_t bits, bool big)
{
	const struct mkr_elf elf = { .machine = number, .bits = bits, .big_endian = big };
	return machine_of(&elf);
}

/* The subfolders in one line. */
static const char *subdirs(struct arena *a, const struct hwcaps *h)
{
	const char *text = "";
	for (size_t i = 0; i < h->n_subdirs; i++)
		text = arena_printf(a, "%s%s|", text, h->subdirs[i]);
	return text;
}

static void a_level_brings_those_below_it_along(void **state)
{
	const struct machine *m = machine(EM_X86_64, 64, false);
	struct hwcaps h = hwcaps_make(*state, m, "x86-64-v3", 236);
	assert_string_equal(
		subdirs(*state, &h), "glibc-hwcaps/x86-64-v3/|glibc-hwcaps/x86-64-v2/||");
	h = hwcaps_make(*state, m, "x86-64-v4", 241);
	assert_string_equal(subdirs(*state, &h),
		"glibc-hwcaps/x86-64-v4/|glibc-hwcaps/x86-64-v3/|glibc-hwcaps/x86-64-v2/||");
}

static void none_is_the_folder_alone(void **state)
{
	struct hwcaps h = hwcaps_make(*state, machine(EM_X86_64, 64, false), "none", 236);
	assert_string_equal(subdirs(*state, &h), "|");
	assert_null(h.platform);
	h = hwcaps_make(*state, machine(EM_X86_64, 64, false), "z15", 236);
	assert_string_equal(subdirs(*state, &h), "|");
	h = hwcaps_make(*state, NULL, NULL, 236);
	assert_string_equal(subdirs(*state, &h), "|");
}

static void each_machine_has_its_own_levels(void **state)
{
	struct hwcaps h = hwcaps_make(*state, machine(EM_PPC64, 64, false), "power10", 236);
	assert_string_equal(subdirs(*state, &h), "glibc-hwcaps/power10/|glibc-hwcaps/power9/||");
	h = hwcaps_make(*state, machine(EM_S390, 64, true), "z14", 236);
	assert_string_equal(subdirs(*state, &h), "glibc-hwcaps/z14/|glibc-hwcaps/z13/||");
	assert_null(hwcaps_levels(machine(EM_AARCH64, 64, false))[0]);
	assert_null(hwcaps_levels(machine(EM_386, 32, false))[0]);
	assert_null(hwcaps_levels(machine(EM_PPC64, 64, true))[0]);
}

static void the_older_scheme_ends_with_2_36(void **state)
{
#if defined(__x86_64__)
	const struct machine *m = machine(EM_386, 32, false);
	struct hwcaps h = hwcaps_make(*state, m, "host", 236);
	assert_string_equal(subdirs(*state, &h),
		"tls/i686/sse2/|tls/i686/|tls/sse2/|tls/|i686/sse2/|i686/|sse2/||");
	h = hwcaps_make(*state, m, "host", 237);
	assert_string_equal(subdirs(*state, &h), "|");
#else
	(void)state;
	skip();
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_level_brings_those_below_it_along, set_up, tear_down),
		cmocka_unit_test_setup_teardown(none_is_the_folder_alone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(each_machine_has_its_own_levels, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_older_scheme_ends_with_2_36, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
