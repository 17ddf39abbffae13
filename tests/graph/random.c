/* Cases made of chance. Each seed mixes a few rules in a small world, so that names collide. */
#include "case.h"

#include <stdarg.h>
#include <string.h>

struct dice {
	struct arena *arena;
	uint64_t state;
	char *text;
};

static unsigned roll(struct dice *d, unsigned n)
{
	d->state ^= d->state << 13; /* xorshift64 */
	d->state ^= d->state >> 7;
	d->state ^= d->state << 17;
	return (unsigned)((d->state >> 11) % n);
}

/* True in `percent` of all cases. */
static bool maybe(struct dice *d, unsigned percent)
{
	return roll(d, 100) < percent;
}

__attribute__((format(printf, 2, 3))) static void say(struct dice *d, const char *fmt, ...)
{
	char piece[512];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(piece, sizeof(piece), fmt, ap);
	va_end(ap);
	d->text = arena_printf(d->arena, "%s%s", d->text, piece);
}

static const char *pick(struct dice *d, const char *const *list)
{
	size_t n = 0;
	while (list[n])
		n++;
	return list[roll(d, (unsigned)n)];
}

static const char *const names[] = { "libqa.so", "libqb.so", "libqc.so", "libqd.so", "libqe.so",
	"libqf.so", NULL };
static const char *const folders[] = { "/d0", "/d1", "/d2", "/d3", NULL };
static const char *const system_folders[] = { "/lib", "/usr/lib", "/usr/lib/x86_64-linux-gnu",
	"/opt/conf", NULL };
static const char *const elements[] = { "/d0", "/d1", "/d2", "/d3", "/d0/", "$ORIGIN",
	"${ORIGIN}/../d1", "$ORIGIN/../d2", "d3", "", ".", "/none", "/$LIB", "/lib/$PLATFORM",
	"$ORIGINAL/x", "/d2//", "/", "/file", NULL };
static const char *const levels[] = { "glibc-hwcaps/x86-64-v2", "glibc-hwcaps/x86-64-v3", "tls",
	"x86_64", "haswell", "tls/x86_64", "haswell/avx512_1", NULL };
static const char *const paths[] = { "/d0/libqa.so", "$ORIGIN/libqb.so", "d1/libqc.so",
	"/d3/$LIB/libqd.so", "$ORIGIN/../d2/libqe.so", "./libqf.so", NULL };
static const char *const defects[] = { "class=32", "machine=183", "big", "osabi=9", "pad", "rel",
	"exec", "pie", "noload", "nodynamic", "emptydynamic", "cut=40", "cut=0x50", "magic=1",
	"identversion=2", "version=2", "phentsize=1", NULL };

static void say_list(struct dice *d, const char *key)
{
	say(d, " %s=", key);
	for (unsigned i = 0, n = 1 + roll(d, 3); i < n; i++)
		say(d, "%s%s", i ? ":" : "", pick(d, elements));
}

static void say_request(struct dice *d)
{
	static const char *const kinds[] = { "needed", "needed", "needed", "needed", "needed",
		"needed", "needed", "needed", "aux", "filter", NULL };
	static const char *const rare[] = { "ld-linux-x86-64.so.2", "/lib64/ld-linux-x86-64.so.2",
		"linux-vdso.so.1", "libqnone.so", "", "prog.so", NULL };
	const char *kind = pick(d, kinds);
	unsigned which = roll(d, 100);
	say(d, " %s=%s", kind,
		which < 84           ? pick(d, names)
			: which < 93 ? pick(d, paths)
				     : pick(d, rare));
}

static void say_object(struct dice *d, bool program)
{
	if (maybe(d, 25))
		say_list(d, "rpath");
	if (maybe(d, 20))
		say_list(d, "runpath");
	if (maybe(d, 40))
		say(d, " soname=%s", program ? "prog.so" : pick(d, names));
	for (unsigned i = 0, n = (program ? 1 : 0) + roll(d, 4); i < n; i++)
		say_request(d);
	if (maybe(d, 10))
		say(d, " nodeflib");
	if (!program && maybe(d, 6))
		say(d, " %s", pick(d, defects));
	say(d, "\n");
}

static void say_file(struct dice *d, const char *folder, const char *name)
{
	unsigned kind = roll(d, 100);
	if (kind < 82) {
		say(d, "%s/%s lib", folder, name);
		say_object(d, false);
	} else if (kind < 90) {
		say(d, "%s/%s -> %s/%s\n", folder, name, pick(d, folders), pick(d, names));
	} else if (kind < 95) {
		say(d, "%s/%s -> /d0/base.so\n", folder, name);
	} else if (kind < 97) {
		say(d, "%s/%s == /d0/base.so\n", folder, name);
	} else if (kind < 98) {
		say(d, "%s/%s dir\n", folder, name);
	} else if (kind < 99) {
		say(d, "%s/%s text=GROUP\\s(\\slibx.so\\s)\n", folder, name);
	} else {
		say(d, "%s/%s -> %s\n", folder, name, name);
	}
}

static void say_folder(struct dice *d, const char *folder, unsigned density)
{
	for (size_t i = 0; names[i]; i++) {
		if (maybe(d, density))
			say_file(d, folder, names[i]);
		if (maybe(d, 4))
			say_file(d, arena_printf(d->arena, "%s/%s", folder, pick(d, levels)),
				names[i]);
	}
}

static void say_world(struct dice *d)
{
	say(d, "/d0/base.so lib");
	say_object(d, false);
	say(d, "/file text=x\n");
	for (size_t i = 0; folders[i]; i++)
		say_folder(d, folders[i], 45);
	if (!maybe(d, 50))
		return;
	for (size_t i = 0; system_folders[i]; i++)
		say_folder(d, system_folders[i], 30);
	if (maybe(d, 60))
		say(d, "/etc/ld.so.conf text=/opt/conf\\n%s\n", maybe(d, 30) ? "/d3\\n" : "");
	if (maybe(d, 60))
		say(d, "ldconfig%s\n", maybe(d, 30) ? " -c compat" : maybe(d, 20) ? " -c old" : "");
	else
		say(d, "/etc/ld.so.cache text=bad\n");
	if (maybe(d, 10))
		say(d, "/etc/ld.so.preload text=%s\\s#x\\n%s:\n", pick(d, names), pick(d, names));
}

static bool wants_root(const char *text)
{
	return strstr(text, "\n/lib") || strstr(text, "\n/usr/") || strstr(text, "\n/etc/") ||
		strstr(text, "\nldconfig");
}

char *graph_random(struct arena *a, unsigned seed)
{
	struct dice d = { .arena = a, .state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1 };
	d.text = arena_dup(a, "");
	for (int i = 0; i < 8; i++)
		roll(&d, 2);
	say(&d, "case seed %u\n", seed);
	bool link = maybe(&d, 10), library = maybe(&d, 8);
	say(&d, "/d0/prog %s", library ? "lib" : "interp");
	say_object(&d, true);
	say(&d, link ? "/d1/link -> /d0/prog\nrun /d1/link\n" : "run /d0/prog\n");
	if (maybe(&d, 30)) {
		say(&d, "env");
		say_list(&d, "LD_LIBRARY_PATH");
		d.text = arena_printf(a, "%s\n", d.text);
	}
	if (maybe(&d, 15))
		say(&d, "env LD_PRELOAD=%s:%s\n", pick(&d, names),
			pick(&d, maybe(&d, 30) ? paths : names));
	say_world(&d);
	/* In a root of its own a case has no working directory but "/" (judge.c). */
	if (maybe(&d, 25) && !wants_root(d.text))
		say(&d, "cwd %s\n", pick(&d, folders));
	return d.text;
}
