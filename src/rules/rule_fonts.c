/* One family of fonts, and what tells fontconfig where it is. Which family a program draws with is
 * up to the user; without any, text is not drawn at all. DejaVu is what fontconfig's own
 * 60-latin.conf prefers, and distributions' default. */
#include "rules/rule.h"

#define FONTCONFIG "libfontconfig"

static const struct rule rows[] = {
	/* fonts-conf(5) */
	{ .needs = FONTCONFIG, .ask = { ASK_TREE, "/etc/fonts", .no_scripts = true } },
	{ .needs = FONTCONFIG,
		.ask = { ASK_TREE, "/usr/share/fontconfig/conf.avail", .no_scripts = true } },
	/* Debian, Fedora, Alpine, Arch */
	{ .needs = FONTCONFIG,
		.ask = { ASK_PATH, "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf" } },
	{ .needs = FONTCONFIG,
		.ask = { ASK_PATH, "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf" } },
	{ .needs = FONTCONFIG, .ask = { ASK_PATH, "/usr/share/fonts/dejavu/DejaVuSans.ttf" } },
	{ .needs = FONTCONFIG, .ask = { ASK_PATH, "/usr/share/fonts/TTF/DejaVuSans.ttf" } },
	{ 0 },
};

const struct rule_set rule_fonts = {
	.name = "fonts",
	.help = "fontconfig's configuration and one font",
	.rows = rows,
};
