/* What is recorded of packages in a new root: the input, cut at form feeds, is the databases. */
#include "folder.h"
#include "fuzz.h"

#include "base/str.h"

#include <mkroot/plan.h>

#include <stdlib.h>
#include <string.h>

static const char *const folders[] = { "var", "var/lib", "var/lib/dpkg", "var/lib/dpkg/info",
	"var/lib/dpkg/status.d", "lib", "lib/apk", "lib/apk/db", "var/lib/pacman",
	"var/lib/pacman/local", "var/lib/pacman/local/n", "usr", "usr/bin", NULL };
static const char *const names[] = { "var/lib/dpkg/status", "var/lib/dpkg/info/ed.list",
	"var/lib/dpkg/info/ed.md5sums", "var/lib/dpkg/status.d/x",
	"var/lib/dpkg/status.d/x.md5sums", "lib/apk/db/installed", "var/lib/pacman/local/n/desc",
	"var/lib/pacman/local/n/files", NULL };

static void check_lines(const struct mkr_entry *e)
{
	struct str rest = { e->data, e->size }, line;
	bool dpkg = strncmp(e->path, "var/lib/dpkg/", 13) == 0;
	bool sums = str_ends(str_from(e->path), STR(".md5sums"));
	if (e->size && rest.p[rest.n - 1] != '\n')
		abort();
	rest.n -= e->size > 0;
	while (e->size && str_split(&rest, "\n", &line)) {
		bool bad = memchr(line.p, '\0', line.n) || (dpkg && str_trim(line).n == 0) ||
			(sums && (line.n < 35 || line.p[34] == '/'));
		if (bad)
			abort();
	}
}

static void check(const struct mkr_plan *plan)
{
	static const char *const places[] = { "var/lib/dpkg/status.d/", "lib/apk/db/installed",
		"var/lib/pacman/local/" };
	size_t n, i;
	const struct mkr_entry *e = mkr_plan_entries(plan, &n);
	for (; n; n--, e++) {
		if (!S_ISREG(e->mode) || e->why != MKR_WHY_MADE)
			continue;
		for (i = 0; i < sizeof(places) / sizeof(*places); i++)
			if (str_starts(str_from(e->path), str_from(places[i])))
				break;
		if (i == sizeof(places) / sizeof(*places) || strstr(e->path, "/../") ||
			strlen(base_name(e->path)) > 255)
			abort();
		check_lines(e);
	}
}

static void build(const char *dir)
{
	static const char *const with[] = { "packages", NULL };
	struct mkr_closure_opts opts = { .with = with };
	struct mkr_policy policy = { 0 };
	struct mkr_search search = { .hwcaps = "none" };
	struct mkr_root *root;
	struct mkr_loader *loader;
	struct mkr_closure *c;
	struct mkr_plan *plan;
	struct mkr_want want = { .why = MKR_WHY_INCLUDE, .path = "/usr/bin/ed" };
	if (mkr_root_open(&root, dir, NULL) < 0 ||
		mkr_loader_new(&loader, root, &search, NULL) < 0 ||
		mkr_closure_new(&c, root, loader, &opts, NULL) < 0 ||
		mkr_closure_add(c, &want, NULL) < 0 || mkr_closure_settle(c, NULL) < 0 ||
		mkr_plan_make(&plan, c, &policy, NULL) < 0)
		abort();
	check(plan);
	mkr_plan_free(plan);
	mkr_closure_free(c);
	mkr_loader_free(loader);
	mkr_root_free(root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_folder f = folder_make(folders, names, data, size);
	folder_put(&f, "usr/bin/ed", "ed", 2);
	/* One database after the other: the first that is there is the one that counts. */
	for (size_t i = 0; names[i]; i++) {
		build(f.path);
		unlinkat(f.fd, names[i], 0);
	}
	unlinkat(f.fd, "usr/bin/ed", 0);
	folder_clean(&f);
	return 0;
}
