/* What gcc's driver needs to turn a C file into a program: its passes and start files, the
 * assembler and linker, and the C library's headers and what is linked with it. All of it is found
 * by gcc's own search (gcc's documentation, "Environment Variables": libexec and
 * lib/gcc/MACHINE/VERSION), nothing of it by a string in one piece. */
#include "rules/rule.h"

#include "base/cleanup.h"
#include "os/root.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <string.h>
#include <sys/stat.h>

enum { ARCHIVE_MAX = 64 << 10 }; /* libpthread.a is empty since 2.34; libc.a is for -static */

struct look {
	struct rules *r;
	const struct subject *s;
	bool plus; /* C++ as well */
};

static void ask(const struct look *l, enum ask_kind kind, const char *what)
{
	struct ask a = { .kind = kind, .what = what };
	rules_ask(l->r, l->s, &a, "compiles");
}

/* The parts of lib/gcc/MACHINE/VERSION: not the sanitizers, nor other languages. */
static void ask_parts(const struct look *l, const char *folder)
{
	static const char *const parts[] = { "cc1", "collect2", "lto1", "lto-wrapper",
		"liblto_plugin.so*", "crt*.o", "libgcc*", "include", "specs" };
	static const char *const plus[] = { "cc1plus", "libstdc++.so", "libstdc++.a" };
	const char *const *name = rules_list(l->r, folder);
	for (; *name; name++) {
		bool wanted = false;
		for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
			wanted = wanted || fnmatch(parts[i], *name, 0) == 0;
		for (size_t i = 0; l->plus && i < sizeof(plus) / sizeof(*plus); i++)
			wanted = wanted || strcmp(plus[i], *name) == 0;
		if (wanted)
			ask(l, ASK_TREE, arena_printf(rules_arena(l->r), "%s/%s", folder, *name));
	}
}

/* "12" of "x86_64-linux-gnu-gcc-12"; NULL: it does not say. */
static const char *version_of(const char *program)
{
	const char *dash = strrchr(program, '-');
	return dash && dash[1] >= '0' && dash[1] <= '9' ? dash + 1 : NULL;
}

static void ask_passes(const struct look *l)
{
	static const char *const bases[] = { "/usr/lib/gcc", "/usr/libexec/gcc" };
	struct arena *a = rules_arena(l->r);
	const char *wanted = version_of(base_name(l->s->path));
	for (size_t i = 0; i < sizeof(bases) / sizeof(*bases); i++) {
		const char *const *machine = rules_list(l->r, bases[i]);
		for (; *machine; machine++) {
			const char *folder = arena_printf(a, "%s/%s", bases[i], *machine);
			const char *const *version = rules_list(l->r, folder);
			for (; *version; version++)
				if (!wanted || strcmp(*version, wanted) == 0)
					ask_parts(l, arena_printf(a, "%s/%s", folder, *version));
		}
	}
}

static bool is_wanted(const struct look *l, const char *path)
{
	struct stat st;
	cleanup_fd int fd = root_open(rules_root(l->r), path, O_PATH);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	if (strncmp(path, "/usr/include/", 13) != 0 && !strstr(path, "/lib"))
		return false;
	return strncmp(path, "/usr/share/", 11) != 0 &&
		(!str_ends(str_from(path), STR(".a")) || st.st_size <= ARCHIVE_MAX ||
			strstr(path, "_nonshared.a"));
}

static void ask_package(const struct look *l, const struct package *pkg)
{
	struct str path;
	for (size_t at = 0; packages_next_file(rules_packages(l->r), pkg, &at, &path);) {
		const char *name = arena_dup_str(rules_arena(l->r), path);
		if (is_wanted(l, name))
			ask(l, ASK_PATH, name);
	}
}

/* The package of crt1.o is the C library's for developers, which depends on the kernel's headers.
 */
static void ask_library(const struct look *l, const char *crt1)
{
	struct packages *p = rules_packages(l->r);
	const struct package *dev = packages_owner(p, crt1);
	struct str rest = str_from(dev ? dev->depends : ""), word;
	if (dev)
		ask_package(l, dev);
	while (str_split(&rest, " ", &word)) {
		const struct package *to =
			packages_named(p, arena_dup_str(rules_arena(l->r), word));
		bool headers = to &&
			(str_ends(word, STR("-dev")) || str_ends(word, STR("-devel")) ||
				str_ends(word, STR("-headers")));
		if (headers)
			ask_package(l, to);
	}
}

/* "x86_64-linux-gnu-g++-12"; gcc-ar, gcc-nm and gcc-ranlib are ar's, nm's and ranlib's. */
static bool is_driver(const char *name)
{
	static const char *const stems[] = { "gcc", "g++" };
	for (size_t i = 0; i < sizeof(stems) / sizeof(*stems); i++) {
		const char *at = strstr(name, stems[i]);
		const char *end = at ? at + strlen(stems[i]) : NULL;
		if (at && (at == name || at[-1] == '-') &&
			(*end == '\0' || (*end == '-' && end[1] >= '0' && end[1] <= '9')))
			return true;
	}
	return false;
}

static int look(struct rules *r, void *state, const struct subject *s, struct mkr_error *err)
{
	static const char *const folders[] = { "/usr/lib64", "/usr/lib" };
	(void)state;
	(void)err;
	struct look l = { .r = r, .s = s };
	if (s->kind != SUBJECT_PROGRAM || !s->wanted || !is_driver(base_name(s->path)))
		return 0;
	l.plus = strstr(base_name(s->asked), "++") || strstr(base_name(s->path), "++");
	ask_passes(&l);
	ask(&l, ASK_COMMAND, "as");
	ask(&l, ASK_COMMAND, "ld");
	/* What lib/gcc's libgcc_s.so, a linker script, names. */
	ask(&l, ASK_LIBRARY, "libgcc_s.so.1");
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		struct arena *a = rules_arena(r);
		ask_library(&l, arena_printf(a, "%s/crt1.o", folders[i]));
		const char *const *name = rules_list(r, folders[i]);
		for (; *name; name++)
			if (strstr(*name, "-linux-"))
				ask_library(&l, arena_printf(a, "%s/%s/crt1.o", folders[i], *name));
	}
	return 0;
}

const struct rule_set rule_cc = {
	.name = "cc",
	.help = "what gcc needs to compile and link: its passes, binutils, the C library's headers",
	.look = look,
};
