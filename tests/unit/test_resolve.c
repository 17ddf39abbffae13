/* plan_resolve(), beside the kernel: the entries are made, and openat2(2) walks them as its root.
 */
#include "sink_test.h"

#include "base/arena.h"
#include "os/root.h"
#include "plan/resolve.h"

#include <limits.h>

/* Sorted, as a plan's are. */
static void fill(struct bench *b)
{
	add_dir(b, "a", 0755);
	add_dir(b, "a/b", 0755);
	add_data(b, "a/b/file", "x");
	add_link(b, "a/b/up", "../..");
	add_link(b, "a/to-file", "./b//file");
	add_link(b, "above", "../../../a");
	add_link(b, "abs", "/a/b/");
	add_link(b, "far", "abs/up/a/b/up/abs");
	add_link(b, "gone", "a/nothing");
	add_link(b, "lib", "a/b");
	add_link(b, "loop", "pool");
	add_link(b, "pool", "loop");
	add_link(b, "top", "/");
}

static const char *const paths[] = { "a", "/a", "a/b/file", "a//b/./file", "/a/../a/b", "..",
	"../a", "a/b/up", "a/b/up/a", "a/to-file", "abs", "abs/file", "above/b", "far", "far/file",
	"gone", "lib/file", "lib/../b/file", "lib/up/lib", "loop", "pool/x", "top", "top/top/lib",
	"a/b/file/x", "nothing", "nothing/..", "a/x/../b", ".", "/" };

/* Where the kernel ends: a path below `top` without a leading slash, or NULL. */
static const char *walked(const struct mkr_root *root, const char *top, const char *path)
{
	static char text[PATH_MAX];
	char link[40];
	int fd = root_open(root, path, O_PATH);
	if (fd < 0)
		return NULL;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, text, sizeof(text) - 1);
	close(fd);
	assert_true(n > 0);
	text[n] = '\0';
	size_t above = strlen(top);
	assert_memory_equal(text, top, above);
	return text[above] == '/' ? text + above + 1 : "";
}

static void paths_lead_where_the_kernel_goes(void **state)
{
	struct bench *b = *state;
	struct mkr_root *root;
	struct arena *a = arena_new();
	char top[PATH_MAX];
	fill(b);
	write_ok(b, "new/");
	assert_non_null(realpath("new", top));
	assert_int_equal(mkr_root_open(&root, "new", NULL), 0);
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		const char *is = plan_resolve(a, b->at, b->n, paths[i]);
		const char *wanted = walked(root, top, paths[i]);
		if (!is != !wanted || (is && strcmp(is, wanted) != 0))
			fail_msg("%s: '%s', not '%s'", paths[i], is ? is : "nothing",
				wanted ? wanted : "nothing");
	}
	mkr_root_free(root);
	arena_free(a);
}

static void what_is_too_long_leads_nowhere(void **state)
{
	struct bench *b = *state;
	struct arena *a = arena_new();
	static char path[PATH_MAX + 8], target[2 * PATH_MAX];
	for (size_t i = 0; i + 2 < sizeof(path); i += 2)
		memcpy(path + i, "./", 3);
	memset(target, '/', sizeof(target) - 1);
	add_dir(b, "d", 0755);
	add_link(b, "l", target);
	assert_null(plan_resolve(a, b->at, b->n, path));
	path[PATH_MAX - 2] = '\0';
	assert_string_equal(plan_resolve(a, b->at, b->n, path), "");
	assert_null(plan_resolve(a, b->at, b->n, "l"));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(paths_lead_where_the_kernel_goes),
		bench_test(what_is_too_long_leads_nowhere),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
