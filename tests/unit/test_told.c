#include "test.h"

#include "cli/progress.h"
#include "cli/told.h"

#include <elf.h>
#include <stdlib.h>
#include <sys/stat.h>

static void the_biggest_come_first_and_of_equals_the_first_path(void **state)
{
	(void)state;
	static const uint64_t sizes[] = { 5, 9, 0, 7, 9, 1, 8, 3 };
	struct mkr_entry e[10] = { { 0 } };
	size_t at[TOLD_BIGGEST];
	assert_int_equal(told_biggest(e, 0, at), 0);
	for (size_t i = 0; i < 8; i++)
		e[i] = (struct mkr_entry){ .mode = S_IFREG, .size = sizes[i] };
	e[8] = (struct mkr_entry){ .mode = S_IFREG, .size = 9, .target = "first" };
	e[9] = (struct mkr_entry){ .mode = S_IFDIR, .size = 99 };
	assert_int_equal(told_biggest(e, 10, at), 5);
	static const size_t expected[] = { 1, 4, 6, 3, 0 };
	assert_memory_equal(at, expected, sizeof(expected));
	assert_int_equal(told_biggest(e, 3, at), 2);
}

static void each_format_has_a_command(void **state)
{
	(void)state;
	static const struct {
		struct told_output o;
		const char *text;
	} rows[] = {
		{ { "dir", "root/", "root/", 0, true }, "mkroot run root/" },
		{ { "tar", "-x.tar", "tar:-x.tar", 0, true }, "mkroot run ./-x.tar" },
		{ { "squashfs", "a b.sqfs", "a b.sqfs", 0, false },
			"sudo mount -o loop 'a b.sqfs' /mnt" },
		{ { "cpio", "x.cpio", "x.cpio", EM_AARCH64, true }, NULL },
		{ { "cpio", "x.cpio", "x.cpio", EM_X86_64, true },
			"qemu-system-x86_64 -m 512 -nographic -no-reboot -kernel "
			"/boot/vmlinuz-$(uname -r) -initrd x.cpio -append 'console=ttyS0 "
			"panic=-1'" },
		{ { "oci", "out/img", "oci:out/img:1.0", 0, true },
			"skopeo copy oci:out/img:1.0 containers-storage:img:1.0" },
		{ { "docker-archive", "x.tar", "docker-archive:x.tar", 0, true },
			"docker load <x.tar" },
		{ { "tar", "a\nb.tar", "a\nb.tar", 0, true }, NULL },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *text = told_next(&rows[i].o);
		if (rows[i].text)
			assert_string_equal(text, rows[i].text);
		else
			assert_null(text);
		free(text);
	}
}

static void a_line_is_cut_between_characters(void **state)
{
	(void)state;
	const struct progress p = { .files = 4, .bytes = 2000 };
	char text[200];
	progress_text(text, sizeof(text), 200, &p, 1, 500, "a\xff\x1b");
	assert_string_equal(text, "writing: 25%, 500 B of 2.0 kB, 1 of 4 files, /a\\xff\\x1b");
	progress_text(text, sizeof(text), 200, &p, 4, 2000, NULL);
	assert_string_equal(text, "writing: 100%, 2.0 kB of 2.0 kB, 4 of 4 files, finishing");
	/* "..., /" is 46 wide, each of these may take two. */
	progress_text(text, sizeof(text), 50, &p, 1, 500, "\u00e9\u00e9\u00e9");
	assert_string_equal(text, "writing: 25%, 500 B of 2.0 kB, 1 of 4 files, /\u00e9");
	progress_text(text, sizeof(text), 1, &p, 1, 500, "x");
	assert_string_equal(text, "");
	const struct progress none = { .files = 0 };
	progress_text(text, sizeof(text), 200, &none, 0, 0, NULL);
	assert_string_equal(text, "writing: 100%, 0 B of 0 B, 0 of 0 files, finishing");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_biggest_come_first_and_of_equals_the_first_path),
		cmocka_unit_test(each_format_has_a_command),
		cmocka_unit_test(a_line_is_cut_between_characters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
