/* What cannot be asked the real loader: set-user-ID programs, which it does not trace, and loaders
 * of other layouts. Roots are written as in tests/graph. */
#include "test.h"

#include "graph/world.h"
#include "loader/glibc_info.h"

#include <mkroot/loader.h>

#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct scene {
	char dir[64];
	struct arena *arena;
	struct mkr_root *root;
	struct mkr_loader *loader;
};

static int set_up(void **state)
{
	struct scene *t = calloc(1, sizeof(*t));
	strcpy(t->dir, "/tmp/mkroot-test-loader-XXXXXX");
	t->arena = arena_new();
	*state = t;
	return mkdtemp(t->dir) ? mkr_root_open(&t->root, t->dir, NULL) : -1;
}

static int tear_down(void **state)
{
	struct scene *t = *state;
	mkr_loader_free(t->loader);
	mkr_root_free(t->root);
	world_clean(t->dir);
	rmdir(t->dir);
	arena_free(t->arena);
	free(t);
	return 0;
}

/* The paths of the map of /usr/bin/prog, by these files and this search. */
static const char *found(struct scene *t, const char *text, const struct mkr_search *search)
{
	graphs all = { 0 };
	const char *why = "", *list = "";
	size_t line;
	const struct world w = { .base = t->dir };
	const struct mkr_map *map;
	char *copy = arena_printf(t->arena, "case x\nnoloader\n%s", text);
	assert_true(graphs_parse(&all, t->arena, "-", copy, &why, &line));
	if (!world_build(&w, t->arena, &all.at[0], t->dir, "", &why))
		fail_msg("%s", why);
	graphs_free(&all);
	char *prog = arena_printf(t->arena, "%s/usr/bin/prog", t->dir);
	assert_int_equal(chmod(prog, 04755), 0);
	mkr_loader_free(t->loader);
	assert_int_equal(mkr_loader_new(&t->loader, t->root, search, NULL), 0);
	assert_int_equal(mkr_loader_map(t->loader, "/usr/bin/prog", &map, NULL), 0);
	for (size_t i = 1; i < map->n; i++) {
		const struct mkr_load *l = &map->load[i];
		if (l->how != MKR_AS_INTERP && strncmp(l->name, "/lib64/ld-", 10) != 0)
			list = arena_printf(t->arena, "%s%s ", list,
				l->path              ? l->path
					: l->refused ? l->refused
						     : "-");
	}
	return list;
}

static void a_set_id_program_knows_no_library_path(void **state)
{
	const char *text =
		"/usr/bin/prog interp needed=libqa.so\n/d/libqa.so\n/usr/lib64/libqa.so\n";
	const struct mkr_search traced = { .library_path = "/d" },
				started = { .library_path = "/d", .set_id = true };
	assert_string_equal(found(*state, text, &started), "/usr/lib64/libqa.so ");
	world_clean(((struct scene *)*state)->dir);
	assert_string_equal(found(*state, text, &traced), "/d/libqa.so ");
}

static void a_set_id_program_has_an_origin_in_system_folders_only(void **state)
{
	const struct mkr_search started = { .set_id = true };
	assert_string_equal(
		found(*state,
			"/usr/bin/prog interp needed=libqa.so needed=libqb.so needed=libqc.so "
			"rpath=$ORIGIN/../lib64/x:$ORIGIN/../d:/e/$ORIGIN:/e\n"
			"/usr/lib64/x/libqa.so\n/usr/d/libqb.so\n/e/libqc.so\n",
			&started),
		"/usr/bin/../lib64/x/libqa.so - /e/libqc.so ");
}

static void a_set_id_program_may_not_need_a_token(void **state)
{
	const struct mkr_search started = { .set_id = true };
	assert_string_equal(found(*state,
				    "/usr/bin/prog interp needed=$ORIGIN/libqa.so\n"
				    "/usr/bin/libqa.so\n",
				    &started),
		"DST not allowed in SUID/SGID programs ");
}

static void a_library_of_a_set_id_program_has_any_origin_that_comes_first(void **state)
{
	const struct mkr_search started = { .set_id = true };
	assert_string_equal(
		found(*state,
			"/usr/bin/prog interp needed=libqa.so rpath=/d\n"
			"/d/libqa.so needed=libqb.so runpath=$ORIGIN/e\n/d/e/libqb.so\n",
			&started),
		"/d/libqa.so /d/e/libqb.so ");
}

static void a_set_id_program_is_preloaded_with_set_id_libraries(void **state)
{
	const struct mkr_search started = { .set_id = true,
		.preload = "libqp.so:/usr/lib64/libqp.so" };
	assert_string_equal(found(*state,
				    "/usr/bin/prog interp needed=libqa.so\n/usr/lib64/libqa.so\n"
				    "/usr/lib64/libqp.so\n",
				    &started),
		"/usr/lib64/libqa.so ");
}

static void levels_that_change_nothing_share_their_loads(void **state)
{
	struct scene *t = *state;
	const struct mkr_search search = { .hwcaps = "none" };
	found(t,
		"/usr/bin/prog interp needed=libqa.so\n/usr/lib64/libqa.so\n"
		"/usr/lib64/glibc-hwcaps/x86-64-v3/libqa.so\n",
		&search);
	const struct mkr_map *map[4];
	const struct mkr_checks *checks;
	static const char *const level[] = { "x86-64-v2", "x86-64-v3", "x86-64-v4" };
	static const char plain[] = "/usr/lib64/libqa.so";
	static const char better[] = "/usr/lib64/glibc-hwcaps/x86-64-v3/libqa.so";
	const char *const path[] = { plain, plain, better, better };
	assert_int_equal(mkr_loader_map(t->loader, "/usr/bin/prog", &map[0], NULL), 0);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(mkr_loader_map_level(
					 t->loader, "/usr/bin/prog", level[i], &map[i + 1], NULL),
			0);
	for (size_t i = 0; i < 4; i++) {
		assert_string_equal(map[i]->load[1].path, path[i]);
		assert_int_equal(mkr_loader_check(t->loader, map[i], &checks, NULL), 0);
		assert_int_equal(checks->n_complaints, 0);
	}
	assert_ptr_equal(map[0]->load, map[1]->load);
	assert_ptr_not_equal(map[1]->load, map[2]->load);
	assert_ptr_equal(map[2]->load, map[3]->load);
}

static struct glibc_info parse(struct scene *t, const char *text, size_t n, uint16_t machine)
{
	struct mkr_elf elf = { .machine = machine, .bits = 64 };
	struct registry g = { .root = t->root, .arena = t->arena };
	char *copy = arena_alloc(t->arena, n + 1);
	memcpy(copy, text, n);
	struct glibc_info info = glibc_info_parse(&g, copy, n, machine_of(&elf));
	HASH_CLEAR(hh, g.folders);
	return info;
}

static void a_loader_tells_what_it_has_built_in(void **state)
{
	static const char fedora[] =
		"junk\0lib64\0system search path\0/lib64/\0/usr/lib64/\0"
		"\0/etc/ld.so.cache\0ld.so (GNU libc) stable release version 2.40.\n";
	static const char nix[] =
		"release version 2.39.\0/x\0/nix/store/abc-glibc/etc/ld.so.cache\0"
		"lib\0system search path\0/nix/store/abc-glibc/lib/\0"
		"/nix/store/abc-glibc/lib64/\0";
	struct glibc_info i = parse(*state, fedora, sizeof(fedora), EM_X86_64);
	assert_int_equal(i.version, 240);
	assert_string_equal(i.lib, "lib64");
	assert_string_equal(i.cache, "/etc/ld.so.cache");
	assert_string_equal(i.dirs[0], "/lib64/");
	assert_string_equal(i.dirs[1], "/usr/lib64/");
	assert_null(i.dirs[2]);
	assert_true(i.read);
	i = parse(*state, nix, sizeof(nix), EM_X86_64);
	assert_int_equal(i.version, 239);
	assert_string_equal(i.lib, "lib");
	assert_string_equal(i.dirs[0], "/nix/store/abc-glibc/lib/");
	assert_string_equal(i.cache, "/nix/store/abc-glibc/etc/ld.so.cache");
}

static void what_a_loader_does_not_tell_is_guessed_from_the_machine(void **state)
{
	static const char *const nonsense[] = { "", "release version x", "system search path",
		"/\0/", "release version 99999999999.5", "/ld.so.cache" };
	for (size_t k = 0; k < sizeof(nonsense) / sizeof(*nonsense); k++) {
		struct glibc_info i =
			parse(*state, nonsense[k], strlen(nonsense[k]) + 1, EM_AARCH64);
		assert_false(i.read);
		assert_string_equal(i.lib, "lib64");
		assert_string_equal(i.dirs[0], "/lib64/");
		assert_string_equal(i.dirs[1], "/usr/lib64/");
		assert_null(i.dirs[2]);
		assert_int_equal(i.version, 240);
	}
}

static void debians_folders_are_guessed_where_they_exist(void **state)
{
	struct scene *t = *state;
	mkdir(arena_printf(t->arena, "%s/lib", t->dir), 0755);
	mkdir(arena_printf(t->arena, "%s/lib/aarch64-linux-gnu", t->dir), 0755);
	struct glibc_info i = parse(t, "", 0, EM_AARCH64);
	assert_string_equal(i.lib, "lib/aarch64-linux-gnu");
	assert_string_equal(i.dirs[0], "/lib/aarch64-linux-gnu/");
	assert_string_equal(i.dirs[3], "/usr/lib/");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_set_id_program_knows_no_library_path),
		TEST(a_set_id_program_has_an_origin_in_system_folders_only),
		TEST(a_set_id_program_may_not_need_a_token),
		TEST(a_library_of_a_set_id_program_has_any_origin_that_comes_first),
		TEST(a_set_id_program_is_preloaded_with_set_id_libraries),
		TEST(levels_that_change_nothing_share_their_loads),
		TEST(a_loader_tells_what_it_has_built_in),
		TEST(what_a_loader_does_not_tell_is_guessed_from_the_machine),
		TEST(debians_folders_are_guessed_where_they_exist),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
