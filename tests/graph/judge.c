#include "judge.h"

#include "base/cleanup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The real loader runs for ever on some graphs; mkroot never may. */
enum { REAL_SECONDS = 1, OUR_SECONDS = 5 };

typedef VEC(const char *) lines;

/* An answer in a form that can be compared. */
struct answer {
	lines found; /* "NAME => /absolute/path", "NAME => not found", in order */
	bool starts; /* nothing ended it before */
	const char *culprit; /* last part of the file that ended it */
	struct output said;
};

struct trial {
	struct world *w;
	struct arena *a;
	const struct graph *g;
	const char *mkroot;
	const char *root, *top, *prefix; /* root: to chroot to, or NULL */
	const char *cwd;
};

static const char *absolute(const struct trial *t, const char *path)
{
	if (path[0] == '/')
		return path;
	const char *cwd = strcmp(t->cwd, "/") == 0 ? "" : t->cwd;
	return arena_printf(t->a, "%s/%s", cwd, path);
}

/* One line of a loader, or of ours. */
static void take_line(const struct trial *t, struct answer *answer, char *line)
{
	char *address = strstr(line, " (0x");
	if (address)
		*address = '\0';
	if (strncmp(line, "linux-vdso", 10) == 0 || strncmp(line, "linux-gate", 10) == 0)
		return;
	if (strcmp(line, "statically linked") == 0) {
		vec_push(&answer->found, "statically linked");
		return;
	}
	char *arrow = strstr(line, " => ");
	if (arrow)
		*arrow = '\0';
	const char *path = arrow ? arrow + 4 : line;
	if (strcmp(path, "not found") != 0)
		path = absolute(t, path);
	vec_push(&answer->found, arena_printf(t->a, "%s => %s", line, path));
}

static void take_lines(const struct trial *t, struct answer *answer)
{
	char *save = NULL, *text = arena_dup(t->a, answer->said.out);
	for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save))
		if (l[0] == '\t')
			take_line(t, answer, l + 1);
}

/* Last part of the path that stands in front of the first ": " behind `mark`. */
static const char *culprit_after(struct arena *a, const char *text, const char *mark)
{
	const char *from = strstr(text, mark);
	if (!from)
		return NULL;
	from += strlen(mark);
	const char *end = strstr(from, ": ");
	if (!end)
		return NULL;
	return base_name(arena_dup_str(a, (struct str){ from, (size_t)(end - from) }));
}

static const struct node *find_node(const struct graph *g, const char *path)
{
	for (int hops = 0; hops < 8; hops++) {
		const struct node *found = NULL;
		for (size_t i = 0; i < g->nodes.n; i++)
			if (strcmp(g->nodes.at[i].path, path) == 0)
				found = &g->nodes.at[i];
		if (!found || (found->kind != NODE_LINK && found->kind != NODE_HARD))
			return found;
		path = found->target;
	}
	return NULL;
}

/* The interpreter of what is run; NULL: it is a library. */
static const char *interp_of(const struct graph *g)
{
	const struct node *node = find_node(g, g->run);
	/* By way of a linked folder: the node of that name. */
	for (size_t i = 0; !node && i < g->nodes.n; i++)
		if (strcmp(base_name(g->nodes.at[i].path), base_name(g->run)) == 0)
			node = &g->nodes.at[i];
	for (size_t i = 0; node && i < node->n_words; i++)
		if (strcmp(node->words[i].key, "interp") == 0)
			return *node->words[i].value ? node->words[i].value
						     : world_abi(g->libc)->interp;
	return NULL;
}

static const char *option_of(const struct trial *t, const char *name, const char *value)
{
	return arena_printf(t->a, "%s=%s", name, world_paths(t->a, t->prefix, value));
}

/* A library is given to the loader, a program starts it by itself. musl lists as --list only. */
static void ask_real(const struct trial *t, struct answer *answer)
{
	const char *run = world_paths(t->a, t->prefix, t->g->run), *argv[4], *env[4];
	bool musl = strcmp(t->g->libc, "musl") == 0;
	size_t n = 0, m = 0;
	if (musl || !interp_of(t->g))
		argv[n++] = world_abi(t->g->libc)->interp;
	if (musl)
		argv[n++] = "--list";
	argv[n++] = run;
	argv[n] = NULL;
	env[m++] = "LD_TRACE_LOADED_OBJECTS=1";
	if (t->g->library_path)
		env[m++] = option_of(t, "LD_LIBRARY_PATH", t->g->library_path);
	if (t->g->preload)
		env[m++] = option_of(t, "LD_PRELOAD", t->g->preload);
	env[m] = NULL;
	answer->said = world_run(t->a, t->root, t->cwd, argv, env, REAL_SECONDS);
	take_lines(t, answer);
	answer->starts = answer->said.status == 0;
	const char *mark =
		musl ? "Error loading shared library " : "error while loading shared libraries: ";
	if (!answer->starts)
		answer->culprit = culprit_after(t->a, answer->said.err, mark);
}

static void ask_ours(const struct trial *t, struct answer *answer)
{
	const char *run = world_paths(t->a, t->prefix, t->g->run), *argv[16], *env[] = { NULL };
	size_t n = 0;
	argv[n++] = t->mkroot;
	argv[n++] = "ldd";
	argv[n++] = "--hwcaps=host";
	/* By options: what is in the environment changes mkroot's own libraries too. */
	if (t->g->library_path)
		argv[n++] = option_of(t, "--library-path", t->g->library_path);
	if (t->g->preload)
		argv[n++] = option_of(t, "--preload", t->g->preload);
	if (t->root) {
		argv[n++] = "-S";
		argv[n++] = t->root;
	}
	argv[n++] = run;
	argv[n] = NULL;
	answer->said = world_run(t->a, NULL, t->root ? "/" : t->cwd, argv, env, OUR_SECONDS);
	take_lines(t, answer);
	answer->culprit = culprit_after(t->a, answer->said.err, "mkroot: /");
	answer->starts = !answer->culprit;
}

static bool missing(const char *line)
{
	return str_ends(str_from(line), STR(" => not found"));
}

static bool same_lines(const lines *a, const lines *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->at[i], b->at[i]) != 0)
			return false;
	return true;
}

/* musl says on stderr what is missing, and lists its loader first, then once more for each of the
 * old names of parts of the libc: what is there is compared, the loader where it was asked for
 * first. */
static void tidy_musl(const struct trial *t, lines *l, bool real)
{
	const char *loader = world_abi(t->g->libc)->interp;
	size_t n = 0;
	bool seen = false;
	for (size_t i = real; i < l->n; i++) {
		bool is_loader = str_ends(str_from(l->at[i]), str_from(loader));
		if (!missing(l->at[i]) && !(is_loader && seen))
			l->at[n++] = l->at[i];
		seen |= is_loader;
	}
	l->n = n;
}

static bool all_found(const struct answer *x)
{
	for (size_t i = 0; i < x->found.n; i++)
		if (missing(x->found.at[i]))
			return false;
	return true;
}

static bool is_static(const struct answer *x)
{
	return x->found.n == 1 && strcmp(x->found.at[0], "statically linked") == 0;
}

/* NULL: they agree; else how they do not. */
static const char *compare(const struct trial *t, struct answer *real, struct answer *ours)
{
	if (real->said.status > 128)
		return NULL; /* it crashes: no verdict */
	if (real->said.status < 0 && real->said.status != -ENOENT)
		return "the real loader cannot be started";
	if (ours->said.status < 0 || ours->said.status > 3)
		return "mkroot crashes";
	if (real->said.status == -ENOENT)
		return !all_found(ours) && ours->said.status == 1 ? NULL : "no interpreter";
	if (real->culprit && strcmp(t->g->libc, "musl") != 0)
		return ours->culprit && strcmp(ours->culprit, real->culprit) == 0 &&
				ours->said.status == 1
			? NULL
			: "the loader refuses a file";
	if (strcmp(t->g->libc, "musl") == 0) {
		bool whole = all_found(ours) && ours->starts;
		if (whole != real->starts)
			return "one finds something missing";
		tidy_musl(t, &real->found, true);
		tidy_musl(t, &ours->found, false);
	} else if (is_static(real) && !all_found(ours)) {
		return NULL; /* ld.so says nothing of what it misses there; we do */
	} else if (!real->starts) {
		return "the real loader fails";
	} else if ((ours->said.status == 0) != all_found(real)) {
		return "mkroot's exit status";
	}
	return same_lines(&real->found, &ours->found) ? NULL : "the lists differ";
}

static void show(const char *who, const struct answer *x)
{
	printf("#   %s: status %d%s%s\n", who, x->said.status, x->culprit ? ", stopped by " : "",
		x->culprit ? x->culprit : "");
	for (size_t i = 0; i < x->found.n; i++)
		printf("#       %s\n", x->found.at[i]);
	char *save = NULL;
	for (char *l = strtok_r(x->said.err, "\n", &save); l; l = strtok_r(NULL, "\n", &save))
		printf("#     ! %s\n", l);
}

static void try(const struct trial *t, const char *how, struct score *score)
{
	struct answer real = { 0 }, ours = { 0 };
	const char *why = NULL;
	if (!world_build(t->w, t->a, t->g, t->top, t->prefix, &why)) {
		printf("# %s:%zu: %s: %s\n", t->g->file, t->g->line, t->g->name, why);
		score->different++;
	} else {
		ask_real(t, &real);
		ask_ours(t, &ours);
		why = compare(t, &real, &ours);
		score->compared++;
		score->known += why && t->g->differs;
		score->healed += !why && t->g->differs;
		score->different += why && !t->g->differs;
		if (why && (!t->g->differs || getenv("GRAPH_VERBOSE"))) {
			printf("# %s:%zu: %s (%s): %s\n", t->g->file, t->g->line, t->g->name, how,
				why);
			show("real", &real);
			show("ours", &ours);
		} else if (getenv("GRAPH_VERBOSE")) {
			printf("# %s\n", t->g->name);
			show("both", &real);
		}
	}
	vec_free(&real.found);
	vec_free(&ours.found);
	world_clean(t->top);
}

/* Can the case stand anywhere? Not when it has files where only a root of its own can have them. */
static bool needs_root(const struct graph *g)
{
	static const char *const own[] = { "/lib", "/usr/", "/etc/" };
	if (g->wants_cache || g->no_loader)
		return true;
	for (size_t i = 0; i < g->nodes.n; i++)
		for (size_t k = 0; k < sizeof(own) / sizeof(*own); k++)
			if (strncmp(g->nodes.at[i].path, own[k], strlen(own[k])) == 0)
				return true;
	return false;
}

void judge(struct world *w, const struct graph *g, const char *mkroot, struct score *score)
{
	struct trial t = { .w = w, .a = arena_new(), .g = g, .mkroot = mkroot };
	const struct abi *abi = world_abi(g->libc);
	size_t before = score->compared, bad = score->different;
	score->cases++;
	if (abi && world_has_loader(abi)) {
		/* With -S there is no working directory but "/". */
		if (w->can_chroot && strcmp(g->cwd, "/") == 0) {
			t.root = t.top = w->root;
			t.prefix = "";
			t.cwd = "/";
			try(&t, "in a chroot", score);
		}
		if (!needs_root(g)) {
			t.root = NULL;
			t.top = t.prefix = w->host;
			t.cwd = strcmp(g->cwd, "/") == 0 ? w->host
							 : world_paths(t.a, w->host, g->cwd);
			try(&t, "on the host", score);
		}
	}
	score->skipped += score->compared == before;
	const char *end =
		score->compared == before ? " # SKIP no loader or no root of its own" : "";
	printf("%s %zu - %s%s\n", score->different > bad ? "not ok" : "ok", score->cases, g->name,
		end);
	arena_free(t.a);
}
