/* The databases of package managers: the input, cut at form feeds, is the files of a root. */
#include "folder.h"
#include "fuzz.h"

#include "package/package.h"

#include <stdlib.h>
#include <string.h>

static const char *const folders[] = { "var", "var/lib", "var/lib/dpkg", "var/lib/dpkg/info",
	"var/lib/dpkg/status.d", "lib", "lib/apk", "lib/apk/db", "var/lib/pacman",
	"var/lib/pacman/local", "var/lib/pacman/local/n", NULL };
static const char *const names[] = { "var/lib/dpkg/status", "var/lib/dpkg/info/ed.list",
	"lib/apk/db/installed", "var/lib/pacman/local/n/desc", "var/lib/dpkg/diversions",
	"var/lib/dpkg/status.d/x", "var/lib/dpkg/status.d/x.md5sums", NULL };

static void look(struct packages *p)
{
	packages_owner(p, "/usr/bin/ed");
	const struct package *ed = packages_named(p, "ed"), *x = packages_named(p, "x");
	struct str path;
	for (size_t at = 0; ed && packages_next_file(p, ed, &at, &path);)
		if (path.p[0] != '/' || memchr(path.p, '\n', path.n))
			abort();
	if (ed && x)
		packages_depends(p, ed, x);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *warning;
	struct mkr_root *root;
	struct fuzz_folder f = folder_make(folders, names, data, size);
	/* One database after the other: the first that is there is the one that counts. */
	for (size_t i = 0; names[i]; i++) {
		if (mkr_root_open(&root, f.path, NULL) < 0)
			abort();
		struct packages *p = packages_open(root);
		look(p);
		while ((warning = packages_warning(p)))
			if (strchr(warning, '\n'))
				abort();
		packages_free(p);
		mkr_root_free(root);
		unlinkat(f.fd, names[i], 0);
	}
	folder_clean(&f);
	return 0;
}
