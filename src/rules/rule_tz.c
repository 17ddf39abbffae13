/* Time zones: tzset(3), localtime(3). */
#include "rules/embedded.h"
#include "rules/rule.h"

#include <errno.h>
#include <string.h>

#define ZONES "/usr/share/zoneinfo"

static const struct rule rows[] = {
	/* tzset(3), and musl's src/time/__tz.c: without TZ it is /etc/localtime, mostly a link to
	 * the zone. The names with "64" are those of 32-bit programs with 64-bit time. */
	{ .imports = "localtime* mktime timelocal tzset strftime* wcsftime* ctime* __localtime64* "
		     "__mktime64 __ctime64* __strftime_l __wcsftime_l",
		.ask = { ASK_PATH, "/etc/localtime" } },
	{ 0 },
};

/* right/ counts leap seconds and posix/ is the same again. */
static const char *const skip[] = { "usr/share/zoneinfo/right", "usr/share/zoneinfo/posix",
	"usr/share/zoneinfo/tzdata.zi", "usr/share/zoneinfo/leap*", NULL };

/* A program whose users write dates with zones in them (gnulib's parse_datetime() looks for TZ="),
 * as date(1), has to know all zones. Those that start others (find, tar) are about files. */
static int look(struct rules *r, void *state, const struct subject *s, struct mkr_error *err)
{
	(void)state;
	(void)err;
	/* Go's time/zoneinfo_unix.go, Rust's chrono and the C libraries in static programs name it.
	 */
	if (s->wanted && subject_embeds(r, s, "/etc/localtime"))
		rules_ask(r, s, &(struct ask){ ASK_PATH, "/etc/localtime" }, "names it");
	if (!s->wanted || s->kind != SUBJECT_PROGRAM || !subject_imports(s, "tzset") ||
		subject_imports(s, "exec* posix_spawn* fork vfork"))
		return 0;
	struct str text = rules_rodata(r, s);
	bool asks = words_match("zdump", base_name(s->path)) ||
		(text.n && memmem(text.p, text.n, "TZ=\"", 4));
	if (asks)
		rules_ask(r, s, &(struct ask){ ASK_TREE, ZONES, .skip = skip, .no_scripts = true },
			"reads zones by name");
	return 0;
}

static bool leads_out(struct str rest)
{
	struct str part;
	while (str_split(&rest, "/", &part))
		if (part.n == 0 || str_eq(part, STR("..")) || str_eq(part, STR(".")))
			return true;
	return false;
}

/* --with tz: all; --with tz=Europe/Berlin: that one. */
static int finish(struct rules *r, void *state, struct mkr_error *err)
{
	struct str rest = str_from(rules_value(r)), zone;
	const char *why = "asked for by --with";
	(void)state;
	if (!rules_named(r))
		return 0;
	if (rest.n == 0)
		rules_ask(r, NULL,
			&(struct ask){ ASK_TREE, ZONES, .skip = skip, .no_scripts = true }, why);
	while (next_word(&rest, &zone)) {
		const char *path = arena_printf(rules_arena(r), ZONES "/%.*s", (int)zone.n, zone.p);
		if (leads_out(zone) || !rules_has(r, path))
			return mkr_failx(
				err, -EINVAL, "there is no time zone '%.*s'", (int)zone.n, zone.p);
		rules_ask(r, NULL, &(struct ask){ ASK_PATH, path }, why);
	}
	return 0;
}

const struct rule_set rule_tz = {
	.name = "tz",
	.help = "the local time zone; by name all zones, or tz=Europe/Berlin",
	.rows = rows,
	.look = look,
	.finish = finish,
};
