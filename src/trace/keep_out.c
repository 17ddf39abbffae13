#include "trace/keep_out.h"

#include "base/secrets.h"
#include "base/str.h"

#include <string.h>

static const char *const shadows[] = {
	"etc/shadow",
	"etc/gshadow",
	"etc/shadow-",
	"etc/gshadow-",
};

static const char *const system_places[] = { "proc", "sys", "dev" };

/* What it means that these are there is about this machine: sd_booted(3) looks for
 * /run/systemd/system. */
static const char *const run_places[] = { "run/systemd", "run/user", "run/udev" };

#define N_OF(list) (sizeof(list) / sizeof(*(list)))

static bool below(const char *path, const char *folder)
{
	size_t n = strlen(folder);
	return strncmp(path, folder, n) == 0 && path[n] == '/';
}

static bool at_or_below(const char *path, const char *const *places, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(path, places[i]) == 0 || below(path, places[i]))
			return true;
	return false;
}

static bool is_system(const char *path, bool folder)
{
	for (size_t i = 0; i < N_OF(system_places); i++)
		if (below(path, system_places[i]))
			return true;
	return below(path, "run") && (!folder || at_or_below(path, run_places, N_OF(run_places)));
}

bool keep_out(const char *path, bool folder, const char *const *homes, enum mkr_left *ret_why)
{
	if (is_system(path, folder)) {
		*ret_why = MKR_LEFT_SYSTEM;
		return true;
	}
	if (at_or_below(path, shadows, N_OF(shadows))) {
		*ret_why = MKR_LEFT_SHADOW;
		return true;
	}
	if (path_is_secret(path)) {
		*ret_why = MKR_LEFT_SECRET;
		return true;
	}
	for (; homes && *homes; homes++) {
		if (**homes && below(path, *homes)) {
			*ret_why = MKR_LEFT_HOME;
			return true;
		}
	}
	return false;
}
