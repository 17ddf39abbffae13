/* An ld.so.conf and what it includes: the input, cut at each form feed, is the files of a root. */
#include "folder.h"
#include "fuzz.h"

#include "loader/ldconf.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[] = { "etc/ld.so.conf", "etc/a.conf", "etc/d/b.conf", "etc/d/c.conf",
	NULL };
static const char *const folders[] = { "etc", "etc/d", NULL };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mkr_root *root;
	struct fuzz_folder f = folder_make(folders, names, data, size);
	if (mkr_root_open(&root, f.path, NULL) < 0)
		abort();
	for (unsigned version = 236; version <= 237; version++) {
		struct registry reg;
		registry_init(&reg, root);
		const char *const *dirs = ldconf_read(&reg, "/etc/ld.so.conf", version);
		for (size_t i = 0; dirs && dirs[i]; i++)
			if (dirs[i][0] != '/' || !dirs[i][1] || strchr(dirs[i], '\n'))
				abort();
		registry_done(&reg);
	}
	mkr_root_free(root);
	folder_clean(&f);
	return 0;
}
