/* The commands that a program starts, as far as its constant text tells: absolute paths, whole
 * strings that are names of commands, and the first words of command lines.
 *
 * A word is weak evidence ("file", "sort"), so who may be meant is limited: the program's own
 * package, those it declares a relation to, and what every system has. Only programs that were
 * asked for, and those that they start, are looked at. */
#include "rules/commands.h"
#include "rules/private.h"
#include "rules/relations.h"

#include "base/cleanup.h"
#include "base/set.h"
#include "os/command.h"
#include "os/root.h"

#include <ctype.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum {
	HELPERS_MAX = 400,
	SIBLINGS_MAX = 4 << 20,
	WORD_MAX = 40,
	WORDS_MAX = 20000,
	PATTERN_HITS_MAX = 40,
	PROGRAM_MAX = 64 << 20,
	SIBLING_WEIGHS = 256 << 10, /* a third of its libraries (closure/weigh.c) */
};

/* exec(3), posix_spawn(3), popen(3), system(3); libpipeline(3) and g_spawn are what others start
 * them by. */
static const char starters[] = "exec* posix_spawn* popen system fexecve pipecmd_* pipeline_* "
			       "g_spawn_* g_subprocess_* wordexp";

struct exec {
	struct set
		*programs; /* that were asked for, or are started by those: their commands count */
	struct commands commands;
	struct essential base;
};

struct look {
	struct rules *r;
	struct exec *exec;
	const struct subject *s;
	const struct package *own;
	struct relations relations;
};

static bool is_program(struct look *l, const char *path, const char **real)
{
	struct stat st;
	cleanup_fd int fd = root_open(rules_root(l->r), path, O_PATH);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || !(st.st_mode & 0111))
		return false;
	*real = root_real_path(rules_root(l->r), rules_arena(l->r), path);
	return *real && st.st_size <= PROGRAM_MAX;
}

static bool is_script(struct rules *r, const char *path, const char *interp)
{
	char head[16] = "";
	cleanup_fd int fd = root_open(rules_root(r), path, O_RDONLY);
	return fd >= 0 && pread(fd, head, sizeof(head) - 1, 0) > 1 &&
		strncmp(head, interp, strlen(interp)) == 0;
}

static void take_light(struct look *l, const char *path, uint64_t weigh, const char *why)
{
	struct ask ask = { .kind = ASK_PATH, .what = path, .weigh = weigh, .hush = true };
	rules_ask(l->r, l->s, &ask, why);
	const char *real = root_real_path(rules_root(l->r), rules_arena(l->r), path);
	if (real && l->s->wanted)
		set_add(&l->exec->programs, rules_arena(l->r), real);
}

static void take(struct look *l, const char *path, const char *why)
{
	take_light(l, path, 0, why);
}

/* Other packages' scripts may bring perl or python, which is much for a word. */
static bool is_foreign_script(struct look *l, const char *real)
{
	return is_script(l->r, real, "#!") && !is_script(l->r, real, "#!/bin/sh") &&
		!(l->own && packages_ships(rules_packages(l->r), l->own, real));
}

static const char *display_need(struct look *l, const char *path)
{
	static const char words[] = "libX11 libxcb libwayland-client libgtk-* libgdk-* libQt*";
	struct stat st;
	const struct mkr_elf *elf;
	cleanup_fd int fd = root_open_file(rules_root(l->r), path, &st);
	if (fd < 0 || mkr_elf_read(&elf, rules_arena(l->r), fd, (uint64_t)st.st_size, NULL) < 0)
		return NULL;
	return subject_needs(&(struct subject){ .elf = elf }, rules_arena(l->r), words);
}

/* Another package's command that a word is weak evidence of: one that is a name of other things
 * too, or that shows windows (ssh's xauth) and is not depended on (Xvfb's xkbcomp is). */
static bool is_far_fetched(struct look *l, const char *real, const char *name, bool sure)
{
	static const char nouns[] =
		"passwd mail write at batch wall look last host users time watch "
		"w top free halt init reset service file column cal script link";
	struct packages *p = rules_packages(l->r);
	const struct package *owner = l->own ? packages_owner(p, real) : NULL;
	if (!owner || strcmp(owner->source, l->own->source) == 0)
		return false;
	return (!sure && words_match(nouns, name)) ||
		(!packages_depends(p, l->own, owner) && display_need(l, real) &&
			!display_need(l, l->s->path));
}

/* `sure`: more than a word that may be one of a sentence. */
static void consider_command(struct look *l, const char *name, bool sure)
{
	bool essential, plain = is_plain_word(name);
	if (plain && !sure && l->own && l->own->essential)
		return;
	const char *real, *path = command_find(rules_root(l->r), rules_arena(l->r), name);
	if (!path || !is_program(l, path, &real) || strcmp(real, l->s->path) == 0)
		return;
	bool related = relations_have(&l->relations, real, &essential);
	bool known = packages_count(rules_packages(l->r)) > 0;
	bool own = related && !essential;
	if (!own && (plain || (!essential && (known || !sure))) && (!essential || !sure))
		return;
	/* Whose it is costs all lists of files: last. */
	if (!is_foreign_script(l, real) && !is_far_fetched(l, real, name, sure))
		take(l, path, arena_printf(rules_arena(l->r), "has the name %s", name));
}

/* Shell scripts among the program's own helpers ("/usr/lib/git-core"), which the set "data" brings
 * as it brings data: not what reads them. */
static void consider_helpers(struct look *l, const char *path)
{
	if (path_is_command(path) || path_is_common(path) || !strchr(path + 1, '/'))
		return;
	const char *const *name = rules_list(l->r, path);
	for (size_t n = 0; *name && n < HELPERS_MAX; name++, n++) {
		const char *whole = arena_printf(rules_arena(l->r), "%s/%s", path, *name);
		const char *real = root_real_path(rules_root(l->r), rules_arena(l->r), whole);
		if (real && l->own && is_script(l->r, real, "#!/bin/sh") &&
			packages_ships(rules_packages(l->r), l->own, real))
			take(l, whole, "has it among its helpers");
	}
}

static void consider_path(struct look *l, const char *path)
{
	bool essential;
	const char *real;
	if (l->s->wanted)
		consider_helpers(l, path);
	if (!is_program(l, path, &real) || strstr(base_name(real), ".so") || path_is_common(path))
		return;
	bool known = packages_count(rules_packages(l->r)) > 0;
	if (relations_have(&l->relations, real, &essential) || essential || !known)
		take(l, path, "has its path");
}

static bool is_word_byte(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("._+-", c));
}

static size_t word_length(struct str text)
{
	size_t n = 0;
	while (n < text.n && is_word_byte(text.p[n]))
		n++;
	return n;
}

/* "mkfs.%s": all commands that start so. */
static void consider_pattern(struct look *l, struct str prefix)
{
	const struct commands *x = &l->exec->commands;
	size_t i = commands_from(x, prefix), n = 0;
	for (size_t k = i; k < x->n; k++, n++)
		if (!str_starts(str_from(x->names[k]), prefix))
			break;
	for (size_t k = i; k < i + n && n <= PATTERN_HITS_MAX; k++) {
		const char *path = command_find(rules_root(l->r), rules_arena(l->r), x->names[k]);
		if (path && !is_foreign_script(l, path))
			take(l, path,
				arena_printf(rules_arena(l->r), "has the pattern %.*s%%s",
					(int)prefix.n, prefix.p));
	}
}

/* Does a command line go on like this? " -x", " %s", " | ", " >", " 2>" */
static bool goes_on(struct str rest)
{
	if (rest.n < 2 || rest.p[0] != ' ')
		return false;
	char c = rest.p[1];
	return (c == '-' && rest.n > 2 && rest.p[2] != ' ') || c == '|' || c == '>' || c == '<' ||
		(rest.n > 2 &&
			(memcmp(rest.p + 1, "%s", 2) == 0 || memcmp(rest.p + 1, "'%", 2) == 0));
}

static void consider_text(struct look *l, struct str text)
{
	size_t n = word_length(text);
	if (n < 2 || n > WORD_MAX || !isalnum((unsigned char)text.p[0]))
		return;
	struct str word = { text.p, n }, rest = str_skip(text, n);
	if (str_eq(rest, STR("%s")) && (text.p[n - 1] == '.' || text.p[n - 1] == '-') && n >= 4) {
		consider_pattern(l, word);
		return;
	}
	if ((rest.n && !goes_on(rest)) || !commands_have(&l->exec->commands, word))
		return;
	consider_command(l, arena_dup_str(rules_arena(l->r), word), rest.n > 0);
}

/* Linkers merge strings: "xz" may be the end of "txz" alone. Too weak for any command, but not for
 * those of packages that this one relates to. */
static void consider_ends(struct look *l, struct str text, const struct package *pkg)
{
	struct str path;
	for (size_t at = 0; packages_next_file(rules_packages(l->r), pkg, &at, &path);) {
		const char *name = base_name(arena_dup_str(rules_arena(l->r), path));
		struct str dir = str_dir(path);
		if (!path_is_command(arena_dup_str(rules_arena(l->r), path)) ||
			str_ends(dir, STR("/games")) || is_plain_word(name))
			continue;
		const char *in_line = arena_printf(rules_arena(l->r), "%%s%s\"", name);
		if (memmem(text.p, text.n, name, strlen(name) + 1) ||
			memmem(text.p, text.n, in_line, strlen(in_line)))
			consider_command(l, name, false);
	}
}

static void consider_relations(struct look *l, struct str text)
{
	struct packages *p = rules_packages(l->r);
	for (size_t i = 0; l->own && i < packages_count(p); i++) {
		const struct package *pkg = packages_at(p, i);
		if (!pkg->essential && relations_declare(&l->relations, pkg))
			consider_ends(l, text, pkg);
	}
}

static off_t size_of(struct look *l, const char *path)
{
	struct stat st;
	cleanup_fd int fd = root_open(rules_root(l->r), path, O_PATH);
	return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? st.st_size : 0;
}

/* Drivers start what tables and configuration tell (groff: devascii/DESC has "postpro grotty"):
 * mostly the other commands of their package, which come along while they are small. */
static void consider_siblings(struct look *l)
{
	struct packages *p = rules_packages(l->r);
	struct str path;
	off_t sum = 0;
	if (!l->own || l->own->essential)
		return;
	for (int pass = 0; pass < 2 && sum <= SIBLINGS_MAX; pass++)
		for (size_t at = 0; packages_next_file(p, l->own, &at, &path);) {
			const char *name = arena_dup_str(rules_arena(l->r), path);
			if (!path_is_command(name))
				continue;
			if (pass == 0)
				sum += size_of(l, name);
			else if (!is_script(l->r, name, "#!"))
				take_light(l, name, SIBLING_WEIGHS, "has it in its package");
		}
}

static bool counts(const struct exec *x, const struct subject *s)
{
	const struct set *there;
	HASH_FIND_STR(x->programs, s->path, there);
	return s->wanted || there;
}

static int look(struct rules *r, void *state, const struct subject *s, struct mkr_error *err)
{
	(void)err;
	struct look l = { .r = r, .exec = state, .s = s };
	if (s->kind != SUBJECT_PROGRAM || !counts(l.exec, s) || !subject_imports(s, starters))
		return 0;
	struct str text = rules_rodata(r, s), rest = text, part;
	if (!text.n)
		return 0;
	if (!l.exec->commands.names)
		commands_read(&l.exec->commands, r);
	l.own = packages_owner(rules_packages(r), s->path);
	relations_open(&l.relations, r, l.own, &l.exec->base);
	for (size_t n = 0; n < WORDS_MAX && strings_next(&rest, &part); n++)
		consider_text(&l, part);
	consider_relations(&l, text);
	consider_siblings(&l);
	struct set *once = NULL;
	size_t at = 0;
	for (size_t n = 0; n < WORDS_MAX && strings_next_path(text, &at, &part); n++) {
		const char *path = arena_dup_str(rules_arena(r), part);
		if (set_add(&once, rules_arena(r), path))
			consider_path(&l, path);
	}
	set_clear(&once);
	relations_close(&l.relations);
	return 0;
}

static void let_go(void *state)
{
	struct exec *x = state;
	set_clear(&x->programs);
	set_clear(&x->base.files);
}

const struct rule_set rule_exec = {
	.name = "exec",
	.help = "commands that programs start, by the names they hold",
	.state_size = sizeof(struct exec),
	.look = look,
	.let_go = let_go,
};
