#include "os/command.h"

#include "base/cleanup.h"
#include "os/root.h"

#include <string.h>

const char *command_find(const struct mkr_root *root, struct arena *arena, const char *name)
{
	if (strchr(name, '/'))
		return name;
	struct str rest = STR(COMMAND_PATH), dir;
	while (str_split(&rest, ":", &dir)) {
		const char *path = arena_printf(arena, "%.*s/%s", (int)dir.n, dir.p, name);
		struct stat st;
		cleanup_fd int fd = root_open_file(root, path, &st);
		if (fd >= 0 && (st.st_mode & 0111))
			return path;
	}
	return NULL;
}
