/* What a hostile root says of itself: os-release, and its database's words on a package; a line
 * each behind a form feed. */
#include "fuzz.h"

#include "base/arena.h"
#include "cli/os_release.h"
#include "cli/purl.h"
#include "cli/spdx_license.h"

#include <stdlib.h>
#include <string.h>

/* What a package URL is made of. */
static void check_url(const char *url)
{
	for (const char *c = url; *c; c++)
		if (*c <= ' ' || *c > '~' || strchr("\"<>\\^`{|}", *c))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str all = { (const char *)data, size }, text = { "", 0 }, line;
	struct os_release os;
	bool valid;
	if (size)
		str_split(&all, "\f", &text);
	os_release_parse(&os, a, text);
	const char *words[6] = { NULL };
	for (size_t i = 0; i < 6 && all.p && str_split(&all, "\n", &line); i++)
		words[i] = arena_dup_str(a, line);
	struct mkr_package p = { words[0] ? words[0] : "x", words[1], words[2],
		words[3] ? words[3] : "x", words[4], NULL, words[5] };
	for (unsigned f = MKR_PACKAGES_NONE; f <= MKR_PACKAGES_PACMAN; f++)
		check_url(purl_of(a, &p, (enum mkr_package_format)f, &os, &valid));
	if (words[5] && spdx_license_is_single(words[5]) && !spdx_license_is_valid(words[5]))
		abort();
	arena_free(a);
	return 0;
}
