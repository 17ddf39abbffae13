/* Terminals: terminfo(5), what libtinfo, libncurses and libslang look $TERM up in. */
#include "rules/rule.h"

#include <errno.h>
#include <string.h>

#define LIBRARIES "libtinfo libtinfow libncurses libncursesw libslang libtermcap libcurses"

static const char *const dirs[] = { "/etc/terminfo", "/lib/terminfo", "/usr/lib/terminfo",
	"/usr/share/terminfo", "/usr/share/lib/terminfo" };
enum { N_DIRS = sizeof(dirs) / sizeof(*dirs) };

/* Consoles, multiplexers, and the emulators that people sit at; what ssh and docker pass on. */
static const char *const common[] = { "ansi", "dumb", "linux", "vt100", "vt102", "vt220", "xterm",
	"xterm-color", "xterm-256color", "xterm-mono", "screen", "screen-256color", "tmux",
	"tmux-256color", "rxvt", "rxvt-256color", "rxvt-unicode", "rxvt-unicode-256color",
	"alacritty", "foot", "xterm-kitty", "xterm-ghostty", "st-256color", NULL };

struct state {
	bool done;
};

/* ncurses hashes by the first letter: "x/xterm", or by its code where file names have no case:
 * "78/xterm". The first folder that has an entry is the one that counts. */
static bool ask_entry(
	struct rules *r, const struct subject *s, const char *name, bool hex, const char *why)
{
	for (size_t i = 0; i < N_DIRS; i++) {
		const char *path = hex
			? arena_printf(
				  rules_arena(r), "%s/%02x/%s", dirs[i], (unsigned char)*name, name)
			: arena_printf(rules_arena(r), "%s/%c/%s", dirs[i], *name, name);
		if (!rules_has(r, path))
			continue;
		rules_ask(r, s, &(struct ask){ ASK_PATH, path }, why);
		return true;
	}
	return false;
}

static bool ask_name(struct rules *r, const struct subject *s, const char *name, const char *why)
{
	return ask_entry(r, s, name, false, why) || ask_entry(r, s, name, true, why);
}

static void ask_common(struct rules *r, struct state *st, const struct subject *s, const char *why)
{
	if (st->done)
		return;
	st->done = true;
	for (const char *const *name = common; *name; name++)
		ask_name(r, s, *name, why);
}

static int look(struct rules *r, void *state, const struct subject *s, struct mkr_error *err)
{
	const char *library = subject_needs(s, rules_arena(r), LIBRARIES);
	(void)err;
	if (library)
		ask_common(r, state, s, arena_printf(rules_arena(r), "needs %s", library));
	return 0;
}

/* --with terminfo: all; --with terminfo=NAME: that one as well. */
static int finish(struct rules *r, void *state, struct mkr_error *err)
{
	struct str rest = str_from(rules_value(r)), word;
	const char *why = "asked for by --with";
	if (!rules_named(r))
		return 0;
	ask_common(r, state, NULL, why);
	for (size_t i = 0; rest.n == 0 && i < N_DIRS; i++)
		rules_ask(r, NULL, &(struct ask){ ASK_TREE, dirs[i], .no_scripts = true }, why);
	while (next_word(&rest, &word)) {
		const char *name = arena_dup_str(rules_arena(r), word);
		if (strchr(name, '/') || *name == '.' || !ask_name(r, NULL, name, why))
			return mkr_failx(err, -EINVAL, "there is no terminfo entry '%s'", name);
	}
	return 0;
}

const struct rule_set rule_terminfo = {
	.name = "terminfo",
	.help = "common terminals; by name all, or terminfo=NAME for one more",
	.state_size = sizeof(struct state),
	.look = look,
	.finish = finish,
};
