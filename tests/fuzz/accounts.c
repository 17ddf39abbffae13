/* passwd, group, a configuration and nsswitch.conf, cut at form feeds: what is made of them is well
 * formed, whatever they say. */
#include "fuzz.h"

#include "plan/accounts.h"
#include "rules/accounts.h"
#include "rules/nss.h"

#include <stdlib.h>
#include <string.h>

enum { N_PARTS = 4 };

/* Each line has so many fields, of bytes that can be printed, and the first is a name. */
static void check(const char *text, size_t fields)
{
	struct str rest = str_from(text), line;
	while (str_split(&rest, "\n", &line)) {
		size_t n = 1;
		if (!rest.p && line.n == 0)
			return;
		for (size_t i = 0; i < line.n; i++) {
			n += line.p[i] == ':';
			if ((unsigned char)line.p[i] < ' ')
				abort();
		}
		if (n != fields || line.n == 0 || *line.p == ':' || *line.p == '+')
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	const char *part[N_PARTS];
	struct str rest = { (const char *)data, size }, text;
	for (size_t i = 0; i < N_PARTS; i++)
		part[i] = rest.p && str_split(&rest, "\f", &text) ? arena_dup_str(arena, text) : "";
	struct accounts *a = accounts_new(arena, part[0], part[1]);
	accounts_want_words(a, (struct str){ (const char *)data, size });
	accounts_want_configured(a, str_from(part[2]));
	accounts_add(a, &(struct mkr_user){ "app", MKR_USER_ANY, MKR_USER_ANY });
	check(accounts_passwd(a), 7);
	check(accounts_group(a), 4);
	check(accounts_shadow(a), 9);
	check(accounts_gshadow(a), 4);
	if (!strstr(arena_printf(arena, "\n%s", accounts_passwd(a)), "\napp:x:"))
		abort();
	struct str merged = accounts_merge(arena, str_from(part[0]), str_from(part[1]));
	if (strlen(part[0]) > merged.n)
		abort();
	for (const char *const *m = nss_modules(arena, str_from(part[3]), "hosts passwd"); *m; m++)
		if (!**m || strpbrk(*m, "/ \t\n"))
			abort();
	arena_free(arena);
	return 0;
}
