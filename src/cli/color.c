#include "cli/color.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int color_check(const char *when, struct mkr_error *err)
{
	if (!when || strcmp(when, "auto") == 0 || strcmp(when, "always") == 0 ||
		strcmp(when, "never") == 0)
		return 0;
	return mkr_failx(err, -EINVAL, "--color is auto, always or never, not '%s'", when);
}

static bool is_set(const char *name)
{
	const char *value = getenv(name);
	return value && *value;
}

bool color_wanted(const char *when, FILE *stream)
{
	if (when && strcmp(when, "auto") != 0)
		return strcmp(when, "always") == 0;
	if (is_set("NO_COLOR"))
		return false;
	const char *force = getenv("CLICOLOR_FORCE"), *may = getenv("CLICOLOR");
	if (force && *force && strcmp(force, "0") != 0)
		return true;
	if (may && strcmp(may, "0") == 0)
		return false;
	const char *term = getenv("TERM");
	return isatty(fileno(stream)) && term && *term && strcmp(term, "dumb") != 0;
}

const char *color(bool on, enum color which)
{
	static const char *const escapes[] = {
		[COLOR_NONE] = "\033[m",
		[COLOR_BAD] = "\033[1;31m",
		[COLOR_WARN] = "\033[33m",
		[COLOR_STRONG] = "\033[1m",
		[COLOR_FADED] = "\033[2m",
		[COLOR_NOTE] = "\033[36m",
	};
	return on ? escapes[which] : "";
}
