/* graph MKROOT FILE.graph...            compares mkroot ldd with the real loader on these cases
 * graph MKROOT --random FIRST COUNT     ... on COUNT cases made of chance, by seed
 * graph --print SEED                    the text of one of these */
#include "judge.h"

#include "base/cleanup.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum { SKIPPED = 77 };

static char *read_text(const char *path)
{
	FILE *f = fopen(path, "re");
	char *text = NULL;
	size_t cap = 0;
	ssize_t n = f ? getdelim(&text, &cap, 0, f) : -1;
	if (f)
		fclose(f);
	return n >= 0 ? text : NULL;
}

static bool judge_text(
	struct world *w, const char *file, char *text, const char *mkroot, struct score *score)
{
	struct arena *a = arena_new();
	graphs all = { 0 };
	const char *why;
	size_t line;
	bool ok = graphs_parse(&all, a, file, text, &why, &line);
	if (!ok)
		printf("# %s:%zu: %s\n", file, line, why);
	for (size_t i = 0; ok && i < all.n; i++)
		judge(w, &all.at[i], mkroot, score);
	graphs_free(&all);
	arena_free(a);
	return ok;
}

static bool judge_file(struct world *w, const char *file, const char *mkroot, struct score *score)
{
	cleanup_free char *text = read_text(file);
	if (!text)
		printf("# %s cannot be read\n", file);
	return text && judge_text(w, base_name(file), text, mkroot, score);
}

static bool judge_random(
	struct world *w, unsigned first, unsigned count, const char *mkroot, struct score *score)
{
	bool ok = true;
	for (unsigned seed = first; ok && seed < first + count; seed++) {
		struct arena *a = arena_new();
		size_t before = score->different;
		char *text = graph_random(a, seed), *shown = arena_dup(a, text);
		ok = judge_text(w, "random", text, mkroot, score);
		if (score->different > before)
			printf("%s", shown);
		arena_free(a);
	}
	return ok;
}

static int run_all(const char *base, int argc, char **argv)
{
	struct arena *a = arena_new();
	struct world w;
	struct score score = { 0 };
	bool ok = true;
	world_open(&w, a, base);
	if (w.why_not)
		printf("# no cases in a root of their own: %s\n", w.why_not);
	if (argc == 5 && strcmp(argv[2], "--random") == 0)
		ok = judge_random(&w, (unsigned)strtoul(argv[3], NULL, 10),
			(unsigned)strtoul(argv[4], NULL, 10), argv[1], &score);
	else
		for (int i = 2; i < argc; i++)
			ok &= judge_file(&w, argv[i], argv[1], &score);
	world_clean(w.root);
	world_clean(w.host);
	arena_free(a);
	printf("1..%zu\n# %zu cases, %zu comparisons, %zu differ; %zu known to differ; %zu "
	       "skipped\n",
		score.cases, score.cases, score.compared, score.different, score.known,
		score.skipped);
	if (score.healed)
		printf("# %zu cases are said to differ and do not\n", score.healed);
	fflush(stdout);
	if (!ok || score.different)
		return EXIT_FAILURE;
	return score.compared ? EXIT_SUCCESS : SKIPPED;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--print") == 0) {
		struct arena *a = arena_new();
		printf("%s", graph_random(a, (unsigned)strtoul(argv[2], NULL, 10)));
		arena_free(a);
		return EXIT_SUCCESS;
	}
	char base[] = "/tmp/graph.XXXXXX";
	if (argc < 3 || !mkdtemp(base))
		return EXIT_FAILURE;
	/* What is mounted goes with the child's namespace. */
	pid_t pid = fork();
	if (pid == 0)
		_exit(run_all(base, argc, argv));
	int status = 0;
	waitpid(pid, &status, 0);
	if (rmdir(base) < 0)
		world_clean(base), rmdir(base);
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}
