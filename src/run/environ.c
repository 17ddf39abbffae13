#include "run/environ.h"

#include <dirent.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* glibc looks for the normalised name, "C.utf8", first (locale/findlocale.c); musl has the locale
 * built in. */
static bool has_utf8(void)
{
	static const char *const folders[] = { "/usr/lib/locale/C.utf8",
		"/usr/lib/locale/C.UTF-8" };
	struct stat st;
	for (size_t i = 0; i < 2; i++)
		if (stat(folders[i], &st) == 0 && S_ISDIR(st.st_mode))
			return true;
	DIR *lib = opendir("/lib");
	const struct dirent *d;
	bool musl = false;
	while (lib && !musl && (d = readdir(lib)))
		musl = strncmp(d->d_name, "ld-musl-", 8) == 0;
	if (lib)
		closedir(lib);
	return musl;
}

const char *const *environ_complete(struct arena *a, const char *const *env, const char *home)
{
	size_t n = 0;
	bool has_home = false, has_lang = false;
	for (; env[n]; n++) {
		has_home |= strncmp(env[n], "HOME=", 5) == 0;
		has_lang |= strncmp(env[n], "LANG=", 5) == 0;
	}
	const char **all = arena_array(a, const char *, n + 3);
	for (size_t i = 0; i < n; i++)
		all[i] = arena_dup(a, env[i]);
	if (!has_home)
		all[n++] = arena_printf(a, "HOME=%s", home);
	if (!has_lang)
		all[n] = has_utf8() ? "LANG=C.UTF-8" : "LANG=C";
	return all;
}

void environ_forget(void)
{
	for (char **e = environ; e && *e; e++)
		explicit_bzero(*e, strlen(*e));
	environ = NULL;
}
